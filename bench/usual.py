"""django-import-export with its default settings, importing the used columns of the roll into a plain model.

The data set is made before the clock starts. Importing is `import_data()` of a `ModelResource` whose only settings are
which model, which columns and that rows are found by the sender's key; everything else is as the package comes: a look
for each row's instance, validation, a difference for the report, a save. Nothing is sealed, linked or derived.
"""

from pathlib import Path
from typing import Any, Final

import tablib
from django.db import connections
from import_export.resources import ModelResource

from bench.floor import plain_lines
from bench.measure import effort_of
from bench.models import KEY, PLAIN_COLUMNS, PlainRow
from bench.routers import PLAIN
from bench.sessions import session_of
from feeds.sources.roll_layout import USED

ROWS: Final = 8_800


class PlainResource(ModelResource):  # type: ignore[misc]  # the package has no types
    """The plain model, as the package imports it."""

    class Meta:
        model = PlainRow
        fields = PLAIN_COLUMNS
        import_id_fields = (KEY,)


def usual(sealed: str) -> dict[str, Any]:
    """Return what the package takes for the first 8,800 rows of a sealed roll.

    Raises: SystemExit when it did not take every row.
    """
    rows = [_values(line) for line in plain_lines(Path(sealed))[:ROWS]]
    with connections[PLAIN].schema_editor() as editor:
        editor.execute("DROP TABLE IF EXISTS plain_row")
        editor.create_model(PlainRow)
    dataset = tablib.Dataset(*rows, headers=PLAIN_COLUMNS)
    effort = effort_of(
        lambda: PlainResource().import_data(dataset, raise_errors=True), session=session_of(connections[PLAIN])
    )
    if PlainRow._base_manager.count() != len(rows):
        raise SystemExit("bench: django-import-export did not take every row")
    return {**effort.as_json(), "rows": len(rows)}


def _values(line: bytes) -> tuple[str, ...]:
    columns = line.decode()[1:-1].split('"|"')
    return tuple(columns[index] for index in USED)
