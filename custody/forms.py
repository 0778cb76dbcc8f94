"""What may be asked of the caseload: filters, order and page."""

from typing import Any, Final

from django import forms

from custody.models import Whereabouts
from offenders.models import SchemeMembership

DUE_CHOICES: Final = (("", "Any"), ("7", "Within 7 days"), ("14", "Within 14 days"), ("28", "Within 28 days"))
ABSENT_CHOICES: Final = (("yes", "Absent from the newest list"),)
MAPPA_CHOICES: Final = (("1", "MAPPA level 1"), ("2", "MAPPA level 2"), ("3", "MAPPA level 3"))
STATUSES: Final = tuple(choice for choice in Whereabouts.choices if choice[0] != Whereabouts.DIED)
ORDERS: Final = ("release", "name", "age", "strand", "where", "certainty", "changed")
ORDER_CHOICES: Final = tuple((sign + order, order) for order in ORDERS for sign in ("", "-"))
CODE_LENGTH: Final = 6


class CaseloadForm(forms.Form):
    """The caseload's query string. Nothing in it is about a person."""

    status = forms.MultipleChoiceField(choices=STATUSES, required=False)
    strand = forms.MultipleChoiceField(choices=SchemeMembership.Strand.choices, required=False)
    mappa = forms.MultipleChoiceField(choices=MAPPA_CHOICES, required=False)
    absent = forms.MultipleChoiceField(choices=ABSENT_CHOICES, required=False)
    due = forms.ChoiceField(choices=DUE_CHOICES, required=False)
    prison = forms.CharField(max_length=CODE_LENGTH, required=False)
    sort = forms.ChoiceField(choices=ORDER_CHOICES, required=False)
    page = forms.IntegerField(min_value=1, required=False)

    def asked(self) -> dict[str, Any]:
        """Return what was asked for; what cannot be read counts as not asked."""
        self.is_valid()
        return dict(self.cleaned_data)
