"""Check the used values of one roll record and write them in their canonical form."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Final, NoReturn

from feeds.sources import roll_layout as layout
from feeds.sources.roll_layout import label
from feeds.sources.rows import BadValueError, Content, Known
from feeds.sources.text import (
    SEXES,
    birth_date_problem,
    is_good_cro,
    is_good_pnc,
    legal_status,
    postcode_or_none,
    uk_date,
)

IN_TRANSIT: Final = "TRN"
CUSTODY_STATUSES: Final = frozenset({"ACTIVE IN", "ACTIVE OUT", "INACTIVE TRN"})
MOVEMENT_TYPES: Final = frozenset({"", "ADM", "TRN", "REL", "CRT", "TAP"})
MAPPA_LEVELS = MappingProxyType({"": "", "LEVEL 1": "1", "LEVEL 2": "2", "LEVEL 3": "3"})
YES_NO: Final = frozenset({"", "Y", "N"})
TIME_LIMITS: Final = (24, 60, 60)
LONGEST_TIME_PART: Final = 2

_COUNTED = itemgetter(*layout.KEY_OF)


def content_of(columns: Sequence[str], *, known: Known, day: date, noted: Counter[str]) -> Content:
    """Return the canonical values of a record, empty ones left out.

    ``day`` is the extract's. Bad PNC IDs and CRO numbers are kept as stated and counted in ``noted``.
    Raises: BadValueError with the codes of docs/feeds/prison_roll.md.
    Source: feeds.md 3 and 10, rulings 3 and 7.
    """
    content: Content = {key: columns[index] for index, key in layout.TEXTS if columns[index]}
    _take_coded(columns, content, known)
    _take_dates(columns, content)
    _take_movement(columns, content)
    _check_order(content, day)
    _take_lists(columns, content)
    for lines, key in layout.ADDRESSES:
        _take_address(columns[lines], content, key)
    _note_bad_identifiers(content, day, noted)
    return content


def is_still_good(columns: Sequence[str], *, known: Known, day: date) -> bool:
    """Say whether a row that was good once, to the letter, is good on a later day: nothing else can change.

    Reference data may have lost its establishment; its person may have passed the highest age.
    """
    code = columns[layout.ESTABLISHMENT_CODE].upper()
    if code != IN_TRANSIT and known.establishments is not None and code not in known.establishments:
        return False
    born = uk_date(columns[layout.DATE_OF_BIRTH])
    return born is None or birth_date_problem(born, on=day) is None


def filled_keys(columns: Sequence[str]) -> frozenset[str]:
    """Return which keys of the layout's columns the content of a good row has."""
    keys, doubtful = _filled(tuple(map(bool, _COUNTED(columns))))
    lost = [key for key, place in doubtful if not _holds_something(columns[place], key)]
    return keys.difference(lost) if lost else keys


@lru_cache(maxsize=4096)
def _filled(pattern: tuple[bool, ...]) -> tuple[frozenset[str], tuple[tuple[str, int], ...]]:
    """Return the keys that a pattern of filled columns makes, and those whose one value may come to nothing."""
    filled = {index for index, is_filled in zip(layout.KEY_OF, pattern, strict=True) if is_filled}
    keys = frozenset(layout.KEY_OF[index] for index in filled)
    doubtful = [(layout.KEY_OF[index], index) for index in layout.REPEATING if index in filled]
    for lines, key in layout.ADDRESSES:
        of_address = [index for index in range(lines.start, lines.stop) if index in filled]
        doubtful += [(key, of_address[0])] if len(of_address) == 1 else []
    return keys, tuple(doubtful)


@lru_cache(maxsize=4096)
def _holds_something(value: str, key: str) -> bool:
    """Empty parts, alerts that are dropped and a lone line that is the postcode come to nothing."""
    if key in ("discharge", "home"):
        return postcode_or_none(value) is None
    parts = layout.repeated(value)
    return bool(layout.ALERTS_USED.intersection(parts)) if key == "alerts" else bool(parts)


def _note_bad_identifiers(content: Content, day: date, noted: Counter[str]) -> None:
    if "cro" in content and not is_good_cro(str(content["cro"])):
        noted["bad_cro"] += 1
    for pnc in content.get("pnc", ()):
        if not is_good_pnc(pnc, day.year):
            noted["bad_pnc"] += 1


def _take_coded(columns: Sequence[str], content: Content, known: Known) -> None:
    establishment = columns[layout.ESTABLISHMENT_CODE].upper()
    status = columns[layout.CUSTODY_STATUS].upper()
    _check_establishment(establishment, known)
    if status not in CUSTODY_STATUSES:
        _outside("V-01", layout.CUSTODY_STATUS, sorted(CUSTODY_STATUSES))
    if (status == "INACTIVE TRN") != (establishment == IN_TRANSIT):
        _contradicts_prison_code()
    content["establishment"] = establishment
    content["status"] = status
    _take(content, "legal", _legal(columns[layout.LEGAL_STATUS]))
    sex = SEXES.get(columns[layout.SEX].upper())
    if sex is None:
        _outside("V-03", layout.SEX, ["Male", "Female", "Not Known", "Not Specified"])
    _take(content, "sex", sex)
    mappa = MAPPA_LEVELS.get(columns[layout.MAPPA].upper())
    if mappa is None:
        _outside("V-04", layout.MAPPA, ["Level 1", "Level 2", "Level 3"])
    _take(content, "mappa", mappa)
    sex_offender = columns[layout.SEX_OFFENDER].upper()
    if sex_offender not in YES_NO:
        _outside("V-05", layout.SEX_OFFENDER, ["Y", "N"])
    _take(content, "sex_offender", sex_offender)


def _take(content: Content, key: str, value: str | None) -> None:
    if value:
        content[key] = value


def _check_establishment(code: str, known: Known) -> None:
    if code == IN_TRANSIT or (known.establishments is None and code) or code in (known.establishments or ()):
        return
    field = label(layout.ESTABLISHMENT_CODE)
    raise BadValueError(
        "P-01",
        field,
        f"{field} is no establishment that we know",
        "state a prison code of the register and send the row again, or ask us to add the establishment",
    )


def _legal(stated: str) -> str | None:
    status = legal_status(stated) if stated else ""
    if status is None:
        _outside("V-02", layout.LEGAL_STATUS, ["the ten legal statuses of the prison system"])
    return status


def _take_dates(columns: Sequence[str], content: Content) -> None:
    for index, key in layout.DATES:
        if stated := columns[index]:
            day = uk_date(stated)
            if day is None:
                _unreadable(index, "a date dd/MM/yyyy of the years from 1900")
            content[key] = day


def _take_movement(columns: Sequence[str], content: Content) -> None:
    movement_type = columns[layout.MOVEMENT_TYPE].upper()
    if movement_type not in MOVEMENT_TYPES:
        _outside("V-06", layout.MOVEMENT_TYPE, ["ADM", "TRN", "REL", "CRT", "TAP"])
    _take(content, "move_type", movement_type)
    if any(columns[index] for index in layout.MOVEMENT_TIME):
        time = _time(*(columns[index] for index in layout.MOVEMENT_TIME))
        if "moved" in content:
            content["moved"] = f"{content['moved']}T{time}"


@lru_cache(maxsize=86_400)
def _time(*stated: str) -> str:
    return ":".join(map(_time_part, layout.MOVEMENT_TIME, stated, TIME_LIMITS))


def _time_part(index: int, stated: str, limit: int) -> str:
    if not stated:
        return "00"
    if not (stated.isascii() and stated.isdigit() and len(stated) <= LONGEST_TIME_PART and int(stated) < limit):
        _unreadable(index, f"a whole number below {limit}", code="D-04")
    return stated.zfill(2)


def _check_order(content: Content, day: date) -> None:
    born, received, confirmed = (content.get(key) for key in ("born", "received", "confirmed"))
    if isinstance(born, str) and (problem := birth_date_problem(born, on=day)):
        field = label(layout.DATE_OF_BIRTH)
        raise BadValueError(
            "D-03", field, f"{field} is impossible: {problem}", "correct the date of birth and send the row again"
        )
    if received and confirmed and str(confirmed) < str(received):
        _impossible(layout.CONFIRMED_RELEASE, "is before the first reception")
    if str(content.get("moved", ""))[:10] > day.isoformat():
        _impossible(layout.MOVEMENT_DATE, "is later than the extract")


def _take_lists(columns: Sequence[str], content: Content) -> None:
    for index, key in layout.LISTS:
        if columns[index] and (values := layout.repeated(columns[index])):
            content[key] = values
    if names := [columns[index] for index in layout.FORENAMES if columns[index]]:
        content["forenames"] = names
    if columns[layout.ALERTS]:
        _take_alerts(layout.repeated(columns[layout.ALERTS]), content)


def _take_alerts(stated: Sequence[str], content: Content) -> None:
    if any(layout.ALERT_CODE.fullmatch(code) is None for code in stated):
        _outside("V-07", layout.ALERTS, ["alert codes of capitals and digits, as in OPPO"])
    if used := sorted(layout.ALERTS_USED.intersection(stated)):
        content["alerts"] = used


def _take_address(stated: Sequence[str], content: Content, key: str) -> None:
    # The seventh line is the postcode; where it is none, any other line that is one takes its place.
    lines = [line for line in stated if line]
    for place in range(len(lines) - 1, -1, -1):
        if postcode := postcode_or_none(lines[place]):
            content[f"{key}_postcode"] = postcode
            del lines[place]
            break
    if lines:
        content[key] = lines


def _outside(code: str, index: int, allowed: Sequence[str]) -> NoReturn:
    field = label(index)
    raise BadValueError(
        code,
        field,
        f"{field} is outside its list; it takes {', '.join(allowed)}",
        "state a value of the list and send the row again, or have a new value agreed first",
    )


def _contradicts_prison_code() -> NoReturn:
    status, code = label(layout.CUSTODY_STATUS), label(layout.ESTABLISHMENT_CODE)
    raise BadValueError(
        "V-08",
        status,
        f"{status} contradicts {code}: INACTIVE TRN stands with prison code TRN, and only with it",
        "state in both columns whether the person is between prisons and send the row again",
    )


def _unreadable(index: int, expected: str, code: str = "D-01") -> NoReturn:
    field = label(index)
    raise BadValueError(code, field, f"{field} is not {expected}", "correct the value and send the row again")


def _impossible(index: int, why: str) -> NoReturn:
    field = label(index)
    raise BadValueError("D-05", field, f"{field} {why}", "correct the dates and send the row again")
