"""Makes the table of the searches that officers keep."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import vault.fields


class Migration(migrations.Migration):
    """After the officers, whose they are."""

    dependencies = [
        ("access", "0005_keys_by_lookup"),
        ("custody", "0007_alerts_row_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "name",
                    vault.fields.SealedCharField(label="custody.savedsearch.name", max_length=60, subject="officer_id"),
                ),
                ("query", models.CharField(max_length=400)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_searches",
                        to="access.officer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["officer", "made_at"], name="savedsearch_of_officer")],
            },
        ),
    ]
