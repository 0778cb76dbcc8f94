"""Template tags that lead from a word to its meaning, or say it in place."""

from functools import cache
from typing import Any

from django import template
from django.utils.safestring import SafeString

from custody.help_words import Topic, anchors, topics
from custody.pages.signs import SIGNS
from custody.templatetags.jtrack_signs import sign

register = template.Library()


class UnknownWordError(Exception):
    """A page links to a word that the help page does not explain."""


@register.inclusion_tag("components/help.html")
def help_link(anchor: str, words: str) -> dict[str, Any]:
    """Write a link to a word of the help page; ``words`` say what is explained: "how sure a date is".

    Raises: UnknownWordError when the help page has no such place.
    """
    if anchor not in _anchors():
        raise UnknownWordError(f"the help page has no place {anchor}; add the word to custody.help_words")
    return {"anchor": anchor, "words": words}


@register.inclusion_tag("components/help_in_place.html")
def help_in_place(anchor: str) -> dict[str, Any]:
    """Write a topic's words with their meanings, folded, where they are used.

    Raises: UnknownWordError when there is no such topic.
    """
    topic = _topics().get(anchor)
    if topic is None:
        raise UnknownWordError(f"the help page has no topic {anchor}; see custody.help_words")
    return {"topic": topic}


@register.simple_tag
def state_sign(code: str, size: int = 16) -> SafeString:
    """Return the sign of where somebody is, by the code of the state."""
    return sign(SIGNS[code], size)


@cache
def _anchors() -> frozenset[str]:
    return anchors()


@cache
def _topics() -> dict[str, Topic]:
    return {topic.anchor: topic for topic in topics()}
