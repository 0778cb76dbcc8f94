"""Keeps where an officer is told that alerts wait."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Blank for those who are told on the page only."""

    dependencies = [("access", "0005_keys_by_lookup")]

    operations = [
        migrations.AddField(
            model_name="officer",
            name="email",
            field=models.EmailField(blank=True, default="", max_length=254),
        ),
    ]
