"""The plain model beside which the imports are measured: the used columns of the roll, nothing sealed."""

from django.db import models

from feeds.sources.roll_layout import USED

PLAIN_COLUMNS = tuple(f"c{index}" for index in USED)
# Column 3: the sender's key for the person, by which rows meet those of the day before.
KEY = "c3"


class PlainRow(models.Model):
    """One row of the roll as a Django application would keep it that seals nothing: a text for each used column."""

    class Meta:
        managed = False
        db_table = "plain_row"

    def __str__(self) -> str:
        return f"plain row {self.pk}"


for _name in PLAIN_COLUMNS:
    PlainRow.add_to_class(_name, models.TextField(blank=True, unique=_name == KEY))
