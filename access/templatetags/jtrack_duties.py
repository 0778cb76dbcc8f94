"""Template filters that put stored codes of duties and places into words."""

from django import template

from access.models import Area
from access.roles import ROLES

register = template.Library()


@register.filter
def duties(codes: str) -> str:
    """Return the names of the roles stored in an event; a code that is no role any more stays as it is."""
    return ", ".join(ROLES[code].name if code in ROLES else code for code in _split(codes))


@register.filter
def places(codes: str) -> str:
    """Return the names of the areas stored in an event. One query."""
    wanted = _split(codes)
    names = dict(Area.objects.filter(pk__in=wanted).values_list("code", "name"))
    return ", ".join(names.get(code, code) for code in wanted)


def _split(codes: str) -> list[str]:
    return [code for code in codes.replace(",", " ").split() if code]
