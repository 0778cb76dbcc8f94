"""Adds the links by which calendar programs read how many people are due out each day."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_gate_grants"),
        ("custody", "0003_kinds_states_and_certainty"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("hour_began_at", models.DateTimeField(null=True)),
                ("reads_in_hour", models.PositiveIntegerField(default=0)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_links",
                        to="access.officer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("officer",),
                        name="calendarlink_one_live_per_officer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("made_at"))),
                        name="calendarlink_expires_after_it_is_made",
                        violation_error_message="A calendar link expires after it is made.",
                    ),
                ],
            },
        ),
    ]
