"""The choices of the alert settings page: kinds in groups, those that stay on, e-mail and the digest's hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from custody.alert_kinds import ALWAYS_ON, AlertKind
from custody.pages.caseload_controls import Choice

K = AlertKind
GROUPS: Final[Mapping[str, tuple[AlertKind, ...]]] = {
    "Coming in and moving": (K.ENTERED, K.RECALLED, K.RECAPTURED, K.ADOPTED_IN_CUSTODY, K.TRANSFERRED, K.MOVED_LATE),
    "Out for a time": (K.AT_COURT_OVERNIGHT, K.ABSENCE_BEGUN, K.ABSENCE_RETURNED, K.ABSENCE_OVERDUE, K.HOSPITAL),
    "Release dates": (K.DATE_SET, K.DATE_BROUGHT_FORWARD, K.DATE_PUT_BACK, K.DATE_WITHDRAWN, K.DATE_CONFIRMED),
    "Release drawing near": (K.DUE_28, K.DUE_14, K.DUE_7, K.RELEASING_HERE),
    "Other ends": (K.DIED, K.REMOVED, K.BACK_IN_FEED),
}
WHY_ALWAYS: Final = (
    "Somebody is out, or will be within 2 days. An officer who could switch these off might never hear of it."
)


class Fields(Protocol):
    """A form by its fields, filled in."""

    def __getitem__(self, name: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds under one legend."""

    legend: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """Everything on the settings page."""

    groups: tuple[Group, ...]
    always: tuple[str, ...]
    why_always: str
    mail: tuple[Choice, ...]
    hours: tuple[Choice, ...]


def settings_page(form: Fields) -> SettingsPage:
    """Return the choices as the form has them now."""
    wanted = form["kinds"].value() or []
    return SettingsPage(
        groups=tuple(Group(legend, tuple(_kind(kind, wanted) for kind in kinds)) for legend, kinds in GROUPS.items()),
        always=tuple(_capital(kind.label) for kind in AlertKind if kind in ALWAYS_ON),
        why_always=WHY_ALWAYS,
        mail=_choices(form["by_mail"]),
        hours=_choices(form["digest_hour"]),
    )


def _kind(kind: AlertKind, wanted: Sequence[str]) -> Choice:
    return Choice(kind.value, _capital(kind.label), None, kind.value in wanted)


def _choices(field: Any) -> tuple[Choice, ...]:
    chosen = str(field.value())
    return tuple(Choice(str(code), words, None, str(code) == chosen) for code, words in field.field.choices)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
