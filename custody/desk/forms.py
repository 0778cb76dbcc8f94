"""What may be asked of the release calendar and the alerts inbox, and what is posted to the inbox.

Nothing in a query string is about a person.
"""

import re
from datetime import time
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.datastructures import MultiValueDict

from custody.acknowledging import LONGEST_NOTE
from custody.alert_kinds import ALWAYS_ON, AlertKind
from custody.alert_settings import HOURS_OF_A_DAY, AlertSettings
from custody.pages.alerts import STATES
from custody.wording import clock_time

VIEWS: Final = (("month", "Month"), ("week", "Week"))
WHOSE: Final = (
    ("", "Managed by your area or releasing to it"),
    ("managed", "Managed by it"),
    ("releasing", "Releasing to it, managed elsewhere"),
)
CODE_LENGTH: Final = 6
KINDS: Final = tuple((kind.value, kind.label) for kind in AlertKind)
OPTIONAL_KINDS: Final = tuple((kind.value, kind.label) for kind in AlertKind if kind not in ALWAYS_ON)
MAIL: Final = (("yes", "Yes"), ("no", "No, only in JTrack"))
HOURS: Final = tuple((hour, clock_time(time(hour))) for hour in range(HOURS_OF_A_DAY))
WRONG: Final = {"invalid_choice": "Choose one of those offered"}
MOST_PAGES: Final = 10_000
NUMBER: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class CalendarForm(forms.Form):
    """The calendar's query string: month or week, a day in it, whose people, which area, which prison."""

    view = forms.ChoiceField(choices=VIEWS, required=False)
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    whose = forms.ChoiceField(choices=WHOSE, required=False)
    area = forms.CharField(max_length=CODE_LENGTH, required=False)
    prison = forms.CharField(max_length=CODE_LENGTH, required=False)

    def asked(self) -> dict[str, Any]:
        """Return what was asked for; what cannot be read counts as not asked."""
        self.is_valid()
        return dict(self.cleaned_data)


class InboxForm(forms.Form):
    """The inbox's query string: which part, which kind, which page."""

    state = forms.ChoiceField(choices=STATES, required=False)
    kind = forms.ChoiceField(choices=KINDS, required=False)
    page = forms.IntegerField(min_value=1, max_value=MOST_PAGES, required=False)

    def asked(self) -> dict[str, Any]:
        """Return what was asked for; what cannot be read counts as not asked."""
        self.is_valid()
        return dict(self.cleaned_data)


class AcknowledgeForm(forms.Form):
    """What is acknowledged, the ticked alerts, the one whose button was pressed or all that were shown; and a note."""

    # The first box of the list, where a complaint that nothing is ticked leads.
    alert = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"id": "alert-1"}))
    note = forms.CharField(max_length=LONGEST_NOTE, required=False, widget=forms.TextInput(attrs={"id": "note"}))

    def chosen(self) -> list[UUID]:
        """Return the alerts meant; what is no number of one is left out. Row security says which exist."""
        names = [self.data["only"]] if self.data.get("only") else self._list("shown" if self._is_all else "alert")
        return [UUID(name) for name in names if NUMBER.fullmatch(name)]

    def clean(self) -> dict[str, Any]:
        """Insist that something is chosen."""
        if not self.chosen():
            self.add_error("alert", "Tick the alerts that you acknowledge")
        return dict(self.cleaned_data)

    @property
    def _is_all(self) -> bool:
        return self.data.get("do") == "all"

    def _list(self, name: str) -> list[str]:
        return self.data.getlist(name) if isinstance(self.data, MultiValueDict) else []


class SettingsForm(forms.Form):
    """Which kinds an officer wants, whether by e-mail too, and at what hour the day's digest comes."""

    kinds = forms.MultipleChoiceField(choices=OPTIONAL_KINDS, required=False, label="Alerts")
    by_mail = forms.ChoiceField(
        choices=MAIL, label="E-mail", error_messages={"required": "Say whether you want e-mails", **WRONG}
    )
    digest_hour = forms.TypedChoiceField(
        choices=HOURS, coerce=int, label="Hour", error_messages={"required": "Choose the hour of the digest", **WRONG}
    )

    @classmethod
    def of(cls, settings: AlertSettings) -> "SettingsForm":
        """Return the form filled in with what holds now."""
        wanted = [code for code, _ in OPTIONAL_KINDS if code not in settings.kinds_off]
        mail = "yes" if settings.by_mail else "no"
        return cls(initial={"kinds": wanted, "by_mail": mail, "digest_hour": settings.digest_hour})

    def settings(self) -> AlertSettings:
        """Return what was chosen; the form must be valid."""
        off = {code for code, _ in OPTIONAL_KINDS} - set(self.cleaned_data["kinds"])
        return AlertSettings(frozenset(off), self.cleaned_data["by_mail"] == "yes", self.cleaned_data["digest_hour"])
