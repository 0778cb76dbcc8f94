"""Template tags for the signs of the sprite and for the certainty of a date."""

from typing import Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

CERTAINTY_WORDS: Final = {
    "confirmed": "Confirmed",
    "approved": "Approved",
    "calculated": "Calculated",
    "stated": "Stated",
    "eligible": "Eligible only",
}


@register.simple_tag
def sign(name: str, size: int = 16) -> SafeString:
    """Return a sign of the sprite in ``components/signs.html``; meaning stands in words beside it."""
    return format_html(
        '<svg class="jt-sign jt-sign--{}" width="{}" height="{}" aria-hidden="true" focusable="false">'
        '<use href="#sign-{}"/></svg>',
        name,
        size,
        size,
        name,
    )


@register.simple_tag
def certainty(code: str, *, short: bool = False) -> SafeString:
    """Return the swatch and the word of a certainty; ``short`` for dense tables beside a legend."""
    words = CERTAINTY_WORDS.get(code, "")
    return format_html(
        '<span class="jt-certainty"><span class="jt-swatch jt-swatch--{}" aria-hidden="true"></span>{}</span>',
        code,
        words.split(" ")[0] if short else words,
    )


@register.filter
def times(count: int) -> range:
    """Return a range, to draw one sign for each of ``count`` people."""
    return range(count)
