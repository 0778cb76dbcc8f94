"""What the custody timeline draws and says: periods in custody, in words and in figures.

Pure: the drawings to scale are in ``timeline_wide`` and ``timeline_tall``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from custody.wording import (
    LONDON,
    counted,
    day_of,
    full_date,
    in_words,
    joined,
    length_of_time,
    short_date,
    weekday_date,
)

Legal = Literal["sentenced", "remand", "recalled", "unknown"]
AbsenceKind = Literal["court", "absence", "at_large"]
EndKind = Literal["released", "missing", "escaped", "absconded", "at_large", "hospital", "removed", "died", "open"]

LEGAL_WORDS: Final[dict[Legal, str]] = {
    "sentenced": "sentenced",
    "remand": "on remand",
    "recalled": "recalled",
    "unknown": "in custody",
}
END_WORDS: Final[dict[EndKind, str]] = {
    "released": "released",
    "missing": "missing from the prison file",
    "escaped": "escaped",
    "absconded": "absconded",
    "at_large": "unlawfully at large since",
    "hospital": "moved to hospital",
    "removed": "removed from the country",
    "died": "died",
    "open": "",
}
# After these nobody knows where the person is; the drawing shows a dashed box.
UNSURE_WORDS: Final[dict[EndKind, str]] = {
    "missing": "Missing from the prison file",
    "escaped": "At large after an escape",
    "absconded": "At large after absconding",
    "at_large": "Unlawfully at large",
}
AT_LARGE: Final[frozenset[EndKind]] = frozenset({"escaped", "absconded", "at_large"})
ABSENCE_WORDS: Final[dict[AbsenceKind, str]] = {
    "court": "At court",
    "absence": "Temporary absence",
    "at_large": "Unlawfully at large",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a period with one legal status; open while it lasts."""

    starts_at: datetime
    ends_at: datetime | None
    legal: Legal


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay at one establishment; open while it lasts."""

    starts_at: datetime
    ends_at: datetime | None
    establishment_code: str
    establishment_name: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A day at court, a temporary absence or a time at large. When ``out_known`` is false only the return was seen."""

    kind: AbsenceKind
    out_at: datetime
    back_at: datetime | None
    out_known: bool = True


@dataclass(frozen=True, slots=True)
class Period:
    """One period in custody. When ``start_known`` is false it began at some time before ``starts_at``."""

    starts_at: datetime
    start_known: bool
    ends_at: datetime | None
    end_kind: EndKind
    spans: tuple[Span, ...]
    stays: tuple[Stay, ...]
    absences: tuple[Absence, ...] = ()
    by_recall: bool = False

    @property
    def is_recall(self) -> bool:
        """Whether the period began by recall: a movement said so, or the legal status from the start."""
        return self.by_recall or (bool(self.spans) and self.spans[0].legal == "recalled")


@dataclass(frozen=True, slots=True)
class WordsRow:
    """One line of the list that says the same as the drawing."""

    starts: str
    ends: str
    days: int
    where: str
    happened: str


@dataclass(frozen=True, slots=True)
class Due:
    """The day somebody is due out and how sure that is."""

    day: date
    certainty: str


def days_between(starts_at: datetime, ends_at: datetime) -> int:
    """Return calendar days in London, the first day counted and the last too."""
    return (day_of(ends_at) - day_of(starts_at)).days + 1


def days_inside(period: Period, *, now: datetime) -> int:
    """Return calendar days of the period without the whole days at large in it."""
    away = [time for time in period.absences if time.kind == "at_large" and time.out_known and time.back_at]
    lost = sum(max((day_of(time.back_at or now) - day_of(time.out_at)).days - 1, 0) for time in away)
    return days_between(period.starts_at, period.ends_at or now) - lost


def summary(periods: Sequence[Period], *, now: datetime) -> str:
    """Return one sentence: how many days in custody of how many, in how many periods."""
    if not periods:
        return "No time in custody is recorded."
    first = min(period.starts_at for period in periods)
    inside = sum(days_inside(period, now=now) for period in periods)
    recalls = sum(period.is_recall for period in periods)
    count = "one period" if len(periods) == 1 else f"{in_words(len(periods))} periods"
    noted = f", {in_words(recalls)} of them by recall" if recalls and len(periods) > 1 else ""
    total = days_between(first, now)
    since = full_date(first) if all(p.start_known for p in periods) else f"{full_date(first)} or before"
    if inside == total:
        return f"In custody for all of the {counted(total, 'day')} since {since}: {count}{noted}."
    return f"In custody for {inside:,} of the {counted(total, 'day')} since {since}: {count}{noted}."


def in_rows(periods: Sequence[Period], *, now: datetime) -> list[WordsRow]:
    """Return the periods newest first, each with all that the drawing shows of it."""
    newest_first = sorted(periods, key=lambda period: period.starts_at, reverse=True)
    return [_row(period, now) for period in newest_first]


def _row(period: Period, now: datetime) -> WordsRow:
    starts = short_date(period.starts_at)
    return WordsRow(
        starts=starts if period.start_known else f"before {starts}",
        ends=short_date(period.ends_at) if period.ends_at else "today",
        days=days_inside(period, now=now),
        where=joined(_where(period, now)),
        happened=_happened(period),
    )


def _where(period: Period, now: datetime) -> list[str]:
    return [
        f"{stay.establishment_name} ({counted(days_between(stay.starts_at, stay.ends_at or now), 'day')})"
        for stay in period.stays
    ]


def _happened(period: Period) -> str:
    said = ["began by recall"] if period.by_recall and period.spans[0].legal != "recalled" else []
    said += [
        f"{LEGAL_WORDS[span.legal]} from {short_date(span.starts_at)}"
        for before, span in zip((None, *period.spans), period.spans, strict=False)
        # A time at large cuts a span in two; the status did not change.
        if before is None or before.legal != span.legal
    ]
    said += [absence_words(absence) for absence in period.absences]
    if period.ends_at is not None and END_WORDS[period.end_kind]:
        said.append(f"{END_WORDS[period.end_kind]} {short_date(period.ends_at)}")
    sentence = "; ".join(said)
    return sentence[:1].upper() + sentence[1:] + "." if sentence else ""


def absence_words(absence: Absence) -> str:
    """Return the absence with its days: ``at court 5 Jan 2026``."""
    kind = ABSENCE_WORDS[absence.kind].lower()
    out = short_date(absence.out_at)
    if not absence.out_known:
        return f"{kind}, back {out}"
    if absence.back_at is None:
        return f"{kind} since {out}"
    back = short_date(absence.back_at)
    return f"{kind} {out}" if back == out else f"{kind} {out} to {back}"


def stay_title(stay: Stay, *, now: datetime) -> str:
    """Return what hovering over a stay says."""
    days = counted(days_between(stay.starts_at, stay.ends_at or now), "day")
    ends = full_date(stay.ends_at) if stay.ends_at else "today"
    return f"{stay.establishment_name}: {full_date(stay.starts_at)} to {ends}, {days}"


def span_title(span: Span) -> str:
    """Return what hovering over a span says."""
    words = LEGAL_WORDS[span.legal]
    ends = full_date(span.ends_at) if span.ends_at else "today"
    return f"{words[:1].upper()}{words[1:]}: {full_date(span.starts_at)} to {ends}"


def period_label(period: Period, *, now: datetime) -> str:
    """Return the length written over a period: ``7 months``, ``20 days so far``."""
    length = length_of_time(days_between(period.starts_at, period.ends_at or now))
    more = "" if period.start_known else "over "
    return f"{more}{length}{'' if period.ends_at else ' so far'}"


def due_label(due: Due) -> str:
    """Return the words at the mark of the due date."""
    return f"Due out {weekday_date(due.day)}"


def midnight(day: date) -> datetime:
    """Return the start of a UK day."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)


def current_period(periods: Sequence[Period]) -> Period | None:
    """Return the period that still lasts."""
    lasting = [period for period in periods if period.ends_at is None]
    return max(lasting, key=lambda period: period.starts_at, default=None)


def first_moment(periods: Sequence[Period]) -> datetime:
    """Return where the time scale begins."""
    return min(period.starts_at for period in periods)


def last_moment(periods: Sequence[Period], *, now: datetime, due: Due | None) -> datetime:
    """Return where the time scale ends: past today, and past the due day if that is not too far off.

    A due date years away would squeeze what has happened into a sliver; it is then named at the edge.
    """
    shown = now - first_moment(periods)
    furthest = now + max(shown / 2, timedelta(days=42))
    margin = max(shown / 25, timedelta(days=3))
    if due is None or midnight(due.day) > furthest:
        return now + margin
    return max(now, midnight(due.day)) + margin
