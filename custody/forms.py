"""What may be asked of the caseload: filters, order and page."""

from typing import Any, Final

from django import forms
from django.core.validators import RegexValidator

from custody.models import Whereabouts
from offenders.models import SchemeMembership

PASSED, NO_DATE = "passed", "none"
DUE_CHOICES: Final = (
    ("", "Any"),
    ("2", "Within 2 days"),
    ("7", "Within 7 days"),
    ("14", "Within 14 days"),
    ("28", "Within 28 days"),
    (PASSED, "Day has passed"),
    (NO_DATE, "Held without a date"),
)
ABSENT_CHOICES: Final = (("yes", "Absent from the newest list"),)
MAPPA_CHOICES: Final = (("1", "MAPPA level 1"), ("2", "MAPPA level 2"), ("3", "MAPPA level 3"))
STATUSES: Final = tuple(Whereabouts.choices)
ORDERS: Final = ("release", "name", "age", "strand", "where", "certainty", "changed")
ORDER_CHOICES: Final = tuple((sign + order, order) for order in ORDERS for sign in ("", "-"))
PRISON: Final = RegexValidator(r"^[A-Z0-9]{2,6}$")
NAME_LENGTH: Final = 60


class CaseloadForm(forms.Form):
    """The caseload's query string. Nothing in it is about a person."""

    status = forms.MultipleChoiceField(choices=STATUSES, required=False)
    strand = forms.MultipleChoiceField(choices=SchemeMembership.Strand.choices, required=False)
    mappa = forms.MultipleChoiceField(choices=MAPPA_CHOICES, required=False)
    absent = forms.MultipleChoiceField(choices=ABSENT_CHOICES, required=False)
    due = forms.ChoiceField(choices=DUE_CHOICES, required=False)
    prison = forms.CharField(validators=[PRISON], required=False)
    sort = forms.ChoiceField(choices=ORDER_CHOICES, required=False)
    page = forms.IntegerField(min_value=1, required=False)

    def asked(self) -> dict[str, Any]:
        """Return what was asked for; what cannot be read counts as not asked."""
        self.is_valid()
        return dict(self.cleaned_data)


class SearchForm(forms.Form):
    """What is posted to keep a search under a name, or to forget one."""

    name = forms.CharField(
        max_length=NAME_LENGTH, error_messages={"required": "Give the search a name, such as: due this week, Leeds"}
    )
    forget = forms.UUIDField(required=False)
