"""Adds the kinds of movement, the states after leaving, the certainty of a new date and the basis of a stated one.

The database holds every code to its list.
"""

from django.db import migrations, models

CERTAINTIES = [
    ("confirmed", "Confirmed"),
    ("approved", "Approved"),
    ("calculated", "Calculated"),
    ("stated", "Stated"),
    ("eligible", "Eligible only"),
]
CERTAINTY_CODES = ["", *(code for code, _ in CERTAINTIES)]
BASES = [("calculated", "Calculated"), ("overridden", "Set by the prison against the calculation")]
KINDS = [
    ("entered", "entered custody"),
    ("transferred", "transferred"),
    ("at_court", "taken to court"),
    ("returned_from_court", "returned from court"),
    ("temporary_absence", "left on temporary absence"),
    ("returned_from_absence", "returned from temporary absence"),
    ("in_transit", "left for another prison"),
    ("released", "released"),
    ("recalled", "recalled to prison"),
    ("escaped", "escaped"),
    ("absconded", "absconded"),
    ("at_large", "unlawfully at large"),
    ("recaptured", "back in custody after being at large"),
    ("to_hospital", "moved to hospital"),
    ("removed", "removed from the country"),
    ("died", "died"),
    ("missing_from_feed", "missing from the prison file"),
    ("back_in_feed", "back in the prison file"),
    ("release_date_set", "release date set"),
    ("release_date_changed", "release date changed"),
    ("release_date_withdrawn", "release date withdrawn"),
    ("release_date_confirmed", "release date confirmed"),
    ("adopted_in_custody", "adopted, found in custody"),
]
WHEREABOUTS = [
    ("in_custody", "In custody"),
    ("at_court", "At court"),
    ("temporary_absence", "Temporary absence"),
    ("in_transit", "Between prisons"),
    ("missing", "Missing from feed"),
    ("community", "In the community"),
    ("at_large", "Unlawfully at large"),
    ("hospital", "In hospital"),
    ("removed", "Removed from the country"),
    ("died", "Died"),
]


class Migration(migrations.Migration):
    """Columns first, then what they and the older ones may hold."""

    dependencies = [
        ("custody", "0002_row_security"),
        ("offenders", "0002_row_security"),
    ]

    operations = [
        migrations.AddField(
            model_name="custodyevent",
            name="certainty",
            field=models.CharField(blank=True, choices=CERTAINTIES, default="", max_length=12),
        ),
        migrations.AddField(
            model_name="releasedate",
            name="basis",
            field=models.CharField(blank=True, choices=BASES, default="", max_length=10),
        ),
        migrations.AlterField(
            model_name="custodyevent", name="kind", field=models.CharField(choices=KINDS, max_length=24)
        ),
        migrations.AlterField(
            model_name="custodystate", name="whereabouts", field=models.CharField(choices=WHEREABOUTS, max_length=20)
        ),
        migrations.AddConstraint(
            model_name="custodyevent",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=[code for code, _ in KINDS]),
                name="custodyevent_kind_is_known",
                violation_error_message="The kind is one of the kinds of event.",
            ),
        ),
        migrations.AddConstraint(
            model_name="custodyevent",
            constraint=models.CheckConstraint(
                condition=models.Q(certainty__in=CERTAINTY_CODES),
                name="custodyevent_certainty_is_known",
                violation_error_message="The certainty is blank or one of the five.",
            ),
        ),
        migrations.AddConstraint(
            model_name="custodystate",
            constraint=models.CheckConstraint(
                condition=models.Q(whereabouts__in=[code for code, _ in WHEREABOUTS]),
                name="custodystate_whereabouts_is_known",
                violation_error_message="The whereabouts are one of the list.",
            ),
        ),
        migrations.AddConstraint(
            model_name="custodystate",
            constraint=models.CheckConstraint(
                condition=models.Q(certainty__in=CERTAINTY_CODES),
                name="custodystate_certainty_is_known",
                violation_error_message="The certainty is blank or one of the five.",
            ),
        ),
        migrations.AddConstraint(
            model_name="releasedate",
            constraint=models.CheckConstraint(
                condition=models.Q(basis__in=["", "calculated", "overridden"]),
                name="releasedate_basis_is_known",
                violation_error_message="The basis is blank, calculated or overridden.",
            ),
        ),
    ]
