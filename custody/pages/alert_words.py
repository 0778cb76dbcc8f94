"""Alerts in words: what happened to whom, the old beside the new, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from custody.alert_kinds import DATE_KINDS, DUE, AlertKind, Side
from custody.alert_models import Alert
from custody.pages.news import change_words, moment_words
from custody.wording import counted, day_of, weekday_and_month, weekday_date

K = AlertKind

SIGNS: Final[Mapping[str, str]] = {
    K.ENTERED: "entered",
    K.ADOPTED_IN_CUSTODY: "entered",
    K.TRANSFERRED: "moved",
    K.MOVED_LATE: "moved",
    K.AT_COURT_OVERNIGHT: "court",
    K.ABSENCE_BEGUN: "absence",
    K.ABSENCE_RETURNED: "custody",
    K.ABSENCE_OVERDUE: "late",
    K.DATE_SET: "due",
    K.DATE_BROUGHT_FORWARD: "earlier",
    K.DATE_PUT_BACK: "later",
    K.DATE_WITHDRAWN: "cross",
    K.DATE_CONFIRMED: "confirmed",
    K.DUE_28: "due",
    K.DUE_14: "due",
    K.DUE_7: "due",
    K.DUE_2: "due",
    K.DUE_1: "due",
    K.RELEASING_HERE: "due",
    K.RELEASED: "released",
    K.RECALLED: "entered",
    K.ESCAPED: "large",
    K.ABSCONDED: "large",
    K.AT_LARGE: "large",
    K.RECAPTURED: "entered",
    K.DIED: "released",
    K.REMOVED: "released",
    K.HOSPITAL: "absence",
    K.MISSING: "missing",
    K.BACK_IN_FEED: "entered",
}
DUE_KINDS: Final = frozenset(DUE.values())
# Where somebody is after an alert that says that they left.
AFTERWARDS: Final[Mapping[str, str]] = {
    K.RELEASED: "in the community",
    K.ESCAPED: "unlawfully at large",
    K.ABSCONDED: "unlawfully at large",
    K.AT_LARGE: "unlawfully at large",
    K.HOSPITAL: "in hospital",
    K.REMOVED: "out of the country",
}
MOVES: Final = frozenset({K.TRANSFERRED, K.MOVED_LATE})
STILL_THERE: Final = DUE_KINDS | {K.RELEASING_HERE, K.MISSING, K.AT_COURT_OVERNIGHT, K.ABSENCE_OVERDUE}
NOTES: Final[Mapping[str, str]] = {
    K.MISSING: "not in the latest file, and no release explains it: ask the prison",
    K.AT_COURT_OVERNIGHT: "not back by midnight: the court may have let them go",
    K.ABSENCE_OVERDUE: "out for more than 4 days and not seen back",
}
# Why an alert was withdrawn, as a sentence of its own.
BECAUSE: Final[Mapping[str, str]] = {
    Alert.Because.CORRECTION: "The sender corrected the file that said so.",
    Alert.Because.LATE_FILE: "A file that came late shows what really happened.",
    Alert.Because.STATED: "A newer file says otherwise.",
    Alert.Because.AREA: "It concerns another area.",
    Alert.Because.JOINED: "The record was found to be another person’s.",
}


@dataclass(frozen=True, slots=True)
class AlertWords:
    """One alert: ``before`` is struck when ``is_replaced``, ``after`` stands in bold, ``note`` follows."""

    sign: str
    head: str
    before: str
    after: str
    note: str
    is_replaced: bool

    @property
    def spoken(self) -> str:
        """Return the head for a button's or box's unseen words."""
        return self.head


def words_of(alert: Alert, establishments: Mapping[str, str], *, now: datetime) -> AlertWords:
    """Return an alert as the inbox tells it on the day of ``now``. Pure but for reading the alert."""
    today = day_of(now)
    before, after = _sides(alert, establishments, today)
    return AlertWords(
        sign=SIGNS[alert.kind],
        head=_head(alert, today),
        before=before,
        after=after,
        note=_note(alert, establishments, today),
        is_replaced=alert.kind in MOVES or bool(alert.old_date and alert.new_date),
    )


def _head(alert: Alert, today: date) -> str:
    kind = AlertKind(alert.kind)
    if kind in DUE_KINDS:
        return _due_words(alert.day_out or today, today)
    if kind in (K.DATE_BROUGHT_FORWARD, K.DATE_PUT_BACK):
        return f"release {change_words(alert.old_date, alert.new_date)}"
    if kind is K.MOVED_LATE and alert.day_out:
        days = (alert.day_out - day_of(alert.occurred_at)).days
        return f"moved {counted(days, 'day')} before release"
    return kind.label


def _due_words(day: date, today: date) -> str:
    days = (day - today).days
    near = {0: "due out today", 1: "due out tomorrow", -1: "was due out yesterday"}
    if days in near:
        return f"{near[days]}, {weekday_and_month(day)}"
    if days < 0:
        return f"was due out {counted(-days, 'day')} ago, {weekday_and_month(day)}"
    return f"due out in {days} days, {_day(day, today)}"


def _sides(alert: Alert, establishments: Mapping[str, str], today: date) -> tuple[str, str]:
    came_from = establishments.get(alert.from_establishment, "")
    went_to = establishments.get(alert.to_establishment, "")
    if alert.kind in DATE_KINDS:
        return _day(alert.old_date, today), _day(alert.new_date, today)
    if alert.kind in MOVES:
        return came_from, went_to
    if alert.kind in AFTERWARDS:
        return came_from, AFTERWARDS[AlertKind(alert.kind)]
    # Where nothing has changed the prison is no news: it stands in the note, not in bold.
    return "", "" if alert.kind in STILL_THERE else went_to or came_from


def _day(day: date | None, today: date) -> str:
    if day is None:
        return ""
    return weekday_and_month(day) if day.year == today.year else weekday_date(day)


def _note(alert: Alert, establishments: Mapping[str, str], today: date) -> str:
    parts = []
    if alert.kind in DATE_KINDS or alert.kind in STILL_THERE:
        parts.append(establishments.get(alert.to_establishment or alert.from_establishment, ""))
    else:
        parts.append(moment_words(alert.occurred_at, precision=alert.precision, today=today))
    if alert.kind in NOTES:
        parts.append(NOTES[AlertKind(alert.kind)])
    if alert.kind == K.MOVED_LATE and alert.day_out:
        parts.append(f"due out {_day(alert.day_out, today)}: the gate has changed")
    if alert.side == Side.RELEASING:
        parts.append("managed elsewhere, releasing to your area")
    return ". ".join(part[:1].upper() + part[1:] if number else part for number, part in enumerate(filter(None, parts)))
