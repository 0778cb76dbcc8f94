"""Which of the roll's 153 columns are used, under which names, and how a line is cut into them.

Source: feeds.md 3; reference/offloc_fields.csv. A column that is named nowhere here is dropped unread.
"""

import re
from collections import Counter
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType
from typing import Final, NoReturn

from feeds.sources.rows import BadValueError

COLUMNS: Final = 153
LAST_COLUMN_MISSING: Final = 152
SEPARATOR: Final = '"|"'
REPEAT: Final = '"~"'
LONE_BAR: Final = '"|"|"'

SYSTEM_DATE, ESTABLISHMENT_CODE, PRISON_NUMBER, SEX = 0, 2, 3, 4
CRO, DATE_OF_BIRTH = 9, 12
FIRST_RECEPTION, CUSTODY_STATUS, LEGAL_STATUS = 22, 23, 24
PNC, MAPPA, SEX_OFFENDER, CONFIRMED_RELEASE = 47, 50, 51, 64
MOVEMENT_DATE, MOVEMENT_TIME, MOVEMENT_TYPE = 135, (136, 137, 138), 139
OFFENCES, ALERTS = 146, 147

TEXTS: Final = (
    (1, "establishment_name"),
    (5, "booking"),
    (6, "surname"),
    (9, "cro"),
    (21, "transfer_reason"),
    (42, "offence"),
    (44, "pending_transfer"),
    (45, "received_from"),
    (52, "service"),
    (65, "release_reason"),
    (77, "discharge_relationship"),
    (133, "moved_at_prison"),
    (134, "move_reason"),
    (145, "licence"),
)
FORENAMES: Final = (7, 8)
LISTS: Final = ((30, "earlier_bookings"), (PNC, "pnc"), (OFFENCES, "other_offences"))
REPEATING: Final = frozenset({30, PNC, OFFENCES, ALERTS})
DATES: Final = (
    (DATE_OF_BIRTH, "born"),
    (FIRST_RECEPTION, "received"),
    (31, "earliest"),
    (CONFIRMED_RELEASE, "confirmed"),
    (66, "SED"),
    (67, "HDCED"),
    (68, "HDCAD"),
    (69, "PED"),
    (70, "CRD"),
    (71, "NPD"),
    (72, "LED"),
    (MOVEMENT_DATE, "moved"),
    (142, "first_moved"),
    (152, "TUSED"),
)
ADDRESSES: Final = ((slice(78, 85), "discharge"), (slice(93, 100), "home"))
RELEASE_DATE_TYPES: Final = ("SED", "HDCED", "HDCAD", "PED", "CRD", "NPD", "LED", "TUSED")

# Under which key each column is stored; the time of a movement stands in its day, and fills nothing without it.
KEY_OF: Final = {
    **dict([*TEXTS, *LISTS, *DATES]),
    **dict.fromkeys(FORENAMES, "forenames"),
    **{index: key for lines, key in ADDRESSES for index in range(lines.start, lines.stop)},
    ESTABLISHMENT_CODE: "establishment",
    PRISON_NUMBER: "number",
    SEX: "sex",
    CUSTODY_STATUS: "status",
    LEGAL_STATUS: "legal",
    MAPPA: "mappa",
    SEX_OFFENDER: "sex_offender",
    MOVEMENT_TYPE: "move_type",
    ALERTS: "alerts",
}

# Names of the columns that a fault can name, as the sender's layout has them.
LABELS = MappingProxyType(
    {
        0: "System Date",
        1: "Establishment",
        2: "Prison Code",
        3: "NOMS Number",
        4: "Gender Description",
        5: "Booking Number",
        6: "Last Name",
        7: "Given Name 1",
        8: "Given Name 2",
        9: "CRO Number",
        12: "DOB",
        21: "Transfer Reason",
        22: "First Reception Date",
        23: "Custody Status",
        24: "Main Legal Status Description",
        30: "Previous Booking Number",
        31: "Earliest Release Date",
        42: "Highest Ranked Offence",
        44: "Pending Transfers",
        45: "Received From",
        47: "PNC Number",
        50: "MAPPA Levels",
        51: "Sex Offender",
        52: "Supervising Service",
        64: "Confirmed Release Date",
        65: "Release Reason",
        66: "SED",
        67: "HDCED",
        68: "HDCAD",
        69: "PED",
        70: "CRD",
        71: "NPD",
        72: "LED",
        77: "Discharge Address Relationship",
        133: "Movement Establishment Name",
        134: "Transfer Reason 2",
        135: "Date Of Movement",
        136: "Hour Of Movement",
        137: "Minute Of Movement",
        138: "Second Of Movement",
        139: "Movement Code",
        142: "Date Of First Movement",
        145: "Licence Type",
        146: "Other Offences",
        147: "Active Alerts",
        152: "Top Up Supervision Expiry Date",
    }
    | {78 + line: f"Discharge Address Line {line + 1}" for line in range(7)}
    | {93 + line: f"Home Address Line {line + 1}" for line in range(7)}
)

USED: Final = tuple(LABELS)
# By these two rows are compared before their values are judged. The first column is the day of the extract.
_COMPARED = itemgetter(*USED[1:])
_SINGLE = itemgetter(*(index for index in USED if index not in REPEATING))
_REPEATED = itemgetter(*sorted(REPEATING))
BETWEEN: Final = "\x1f"
# To be raised when the same columns come to another content, or to a fault: every row is then read in full again.
RULES: Final = "1"

# The alerts that the product has a use for. The column also carries self-harm, medical and other codes;
# they are dropped like the columns of that kind. Source: domain.md a.3.
ALERTS_USED: Final = frozenset(
    (
        *("OPPO", "OIOM", "P0", "P1", "P2", "P3", "SR", "SO", "XSO", "RVR", "RDV", "XEL", "XNR", "OVI", "VI"),
        *("TAH", "TG", "TM", "TSE", "TPR", "TAP", "XLDEPORT", "XSDEPORT", "XVL"),
    )
)
ALERT_CODE = re.compile(r"[A-Z0-9]{1,12}")
DOUBLED_BLANK = re.compile(r" {2,}")


@dataclass(frozen=True, slots=True)
class Cut:
    """A record's values by column; the last stands empty where the sender left the column out."""

    columns: list[str]
    has_last: bool


def label(index: int) -> str:
    """Return how a fault names a column: the layout's word for it and its number."""
    return f"{LABELS.get(index, 'unused column')} (column {index})"


def mend_breaks(text: str, mended: Counter[str]) -> str:
    """Return the record with each tab and stray line break as a blank."""
    mended["line_break"] += text.count("\r")
    mended["tab"] += text.count("\t")
    return text.replace("\t", " ").replace("\r", " ")


def mend_blanks(text: str, mended: Counter[str]) -> str:
    """Return the record with single blanks only, and none at a value's edge."""
    if "  " in text:
        text, count = DOUBLED_BLANK.subn(" ", text)
        mended["doubled_blank"] += count
    if '" ' in text or ' "' in text:
        length = len(text)
        text = text.replace('" ', '"').replace(' "', '"')
        mended["outer_blank"] += length - len(text)
    return text


def cut(text: str, mended: Counter[str]) -> Cut:
    """Cut a record into its values, mending what feeds.md 3 lists.

    Raises: BadValueError W-01 (column count) or W-02 (quotes).
    """
    columns = text[1:].split(SEPARATOR)
    quotes = text.count('"')
    if columns[-1].endswith('"'):
        columns[-1] = columns[-1][:-1]
    else:
        _cut_unquoted_last(columns, mended)
        quotes += 2
    has_last = len(columns) == COLUMNS
    if not has_last:
        _take_missing_last(columns, mended)
        quotes += 2
    if quotes != 2 * COLUMNS or not text.startswith('"'):
        _check_quotes(columns)
    # Nearly no record has a lone bar; the text tells so sooner than a walk through 153 values.
    if LONE_BAR in text and "|" in columns:
        mended["lone_bar"] += columns.count("|")
        columns = ["" if value == "|" else value for value in columns]
    return Cut(columns, has_last)


def stated(cut: Cut) -> str:
    """Return the used columns but the first as one text, by which a record is compared with an earlier one.

    Source: feeds.md 3, "unchanged means".
    """
    return BETWEEN.join((RULES, "" if cut.has_last else "-", *_COMPARED(cut.columns)))


def repeated(value: str) -> list[str]:
    """Return the values of a repeating column, empty ones left out."""
    return [part for part in value.split(REPEAT) if part not in {"", "|"}]


def _cut_unquoted_last(columns: list[str], mended: Counter[str]) -> None:
    head, bar, tail = columns[-1].rpartition('"|')
    if not bar:
        raise BadValueError(
            "W-02",
            "whole row",
            "the last value has an opening quote and no closing one",
            "close every value with a double quote and send a corrected file",
        )
    columns[-1:] = [head, tail]
    mended["unquoted_last"] += 1


def _take_missing_last(columns: list[str], mended: Counter[str]) -> None:
    if len(columns) != LAST_COLUMN_MISSING:
        raise BadValueError(
            "W-01",
            "whole row",
            f"the row has {len(columns)} columns, expected {COLUMNS}",
            f"write {COLUMNS} values, each in double quotes with a bar between them",
        )
    columns.append("")
    mended["missing_last"] += 1


def _check_quotes(columns: list[str]) -> None:
    # Columns that we drop may nest as they like; in ours a quote only stands between repeated values.
    if '"' in BETWEEN.join(_SINGLE(columns)) or any(map(_has_quote, _REPEATED(columns))):
        _refuse_quote(next(index for index in USED if _has_quote(columns[index], index in REPEATING)))


def _has_quote(value: str, is_repeating: bool = True) -> bool:  # noqa: FBT001, FBT002 - called by map for every row
    return '"' in value and '"' in (value.replace(REPEAT, "") if is_repeating else value)


def _refuse_quote(index: int) -> NoReturn:
    raise BadValueError(
        "W-02",
        label(index),
        f"{label(index)} has a double quote inside its value",
        "leave double quotes out of values and send a corrected file",
    )
