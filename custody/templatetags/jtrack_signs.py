"""Template tags for the signs of the sprite, for the certainty of a date, and for the shapes of a drawing.

What a page writes a hundred times is written here and not by an included template, which costs ten times as much.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from custody.drawing import Shape
from custody.pages.signs import State

register = template.Library()

CERTAINTY_WORDS: Final = {
    "confirmed": "Confirmed",
    "approved": "Approved",
    "calculated": "Calculated",
    "stated": "Stated",
    "eligible": "Eligible only",
}


@register.simple_tag
@cache
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
@cache
def certainty(code: str, *, short: bool = False) -> SafeString:
    """Return the swatch and the word of a certainty; ``short`` for dense tables beside a legend."""
    words = CERTAINTY_WORDS.get(code, "")
    return format_html(
        '<span class="jt-certainty"><span class="jt-swatch jt-swatch--{}" aria-hidden="true"></span>{}</span>',
        code,
        words.split(" ")[0] if short else words,
    )


@register.simple_tag
def state(where: State) -> SafeString:
    """Return where somebody is: the sign, the status for those who do not see it, and the words."""
    spoken = format_html('<span class="govuk-visually-hidden">{}: </span>', where.spoken) if where.spoken else ""
    return format_html('<span class="jt-state">{}<span>{}{}</span></span>', sign(where.sign, 16), spoken, where.words)


@register.simple_tag
def drawn(shapes: Iterable[Shape]) -> SafeString:
    """Return the shapes of a drawing as SVG, from back to front."""
    return format_html_join("", "{}", ((_drawn(shape),) for shape in shapes))


def _drawn(shape: Shape) -> SafeString:
    title = format_html("<title>{}</title>", shape.title) if shape.title else ""
    if shape.tag == "rect":
        place = f'x="{shape.x}" y="{shape.y}" width="{shape.width}" height="{shape.height}"'
        return SafeString(f'<rect class="{escape(shape.css)}" {place}>{title}</rect>')
    if shape.tag == "path":
        return SafeString(f'<path class="{escape(shape.css)}" d="{escape(shape.d)}">{title}</path>')
    place = f'x="{shape.x}" y="{shape.y}" text-anchor="{shape.anchor}"'
    return SafeString(f'<text class="{escape(shape.css)}" {place}>{escape(shape.words)}</text>')
