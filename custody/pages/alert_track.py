"""The clock of an alert: to whom it has gone, to whom it goes next and when, as three stops and in plain words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from custody.drawing import Drawing, Shape, path, text
from custody.escalation import Escalation
from custody.wording import clock_time, counted, day_of, near_day, short_date

WIDTH: Final = 344
HEIGHT: Final = 62
STOPS_X: Final = (14, 172, 330)
LINE_Y: Final = 29
RADIUS: Final = 6
ANCHORS: Final = ("start", "middle", "end")
LABELS_X: Final = (4, 172, 340)
SUPERVISOR, AREA = "supervisor", "area"
LEVELS: Final = (SUPERVISOR, AREA)
WHO: Final = {SUPERVISOR: "the supervisors", AREA: "everybody in the area"}
MINUTES_OF_AN_HOUR: Final = 60
HOURS_SHOWN: Final = 48


@dataclass(frozen=True, slots=True)
class Track:
    """The stops as a drawing, what it says, and whether everybody has been told without an answer."""

    drawing: Drawing
    words: str
    is_exhausted: bool
    is_running: bool


def track_of(escalation: Escalation, *, told_at: datetime, answered_at: datetime | None, now: datetime) -> Track:
    """Return the clock of an alert as the inbox shows it."""
    reached = LEVELS.index(escalation.level) + 1 if escalation.level else 0
    exhausted = reached == len(LEVELS) and answered_at is None
    tone = "done" if answered_at else "act" if exhausted else "custody"
    times = [told_at, *(hop.at for hop in escalation.hops)]
    shapes: list[Shape] = [path("l-track", f"M{STOPS_X[0]} {LINE_Y}H{STOPS_X[-1]}")]
    if reached:
        shapes.append(path(f"l-track l-track--{tone}", f"M{STOPS_X[0]} {LINE_Y}H{STOPS_X[reached]}"))
    for place, name in enumerate(("Officers", "Supervisors", "Whole area")):
        at = times[place] if place < len(times) else escalation.due_at if place == reached + 1 else None
        shapes += _stop(place, name, at, tone if place <= reached else "", now)
    words = _words(escalation, answered_at=answered_at, now=now)
    return Track(
        drawing=Drawing(WIDTH, HEIGHT, "To whom this alert has gone", _spoken(times, now), tuple(shapes)),
        words=words,
        is_exhausted=exhausted,
        is_running=escalation.due_at is not None,
    )


def when_words(at: datetime, now: datetime) -> str:
    """Return ``at 11:20am``, ``tomorrow at 10am`` or ``on Monday at 10am``, seen from now."""
    day = near_day(at, today=day_of(now))
    if day == "Today":
        return f"at {clock_time(at)}"
    return f"{day.lower() if day in ('Tomorrow', 'Yesterday') else f'on {day}'} at {clock_time(at)}"


def _stop(place: int, name: str, at: datetime | None, tone: str, now: datetime) -> list[Shape]:
    x, anchor = STOPS_X[place], ANCHORS[place]
    left, right = x - RADIUS, x + RADIUS
    circle = f"M{left} {LINE_Y}A{RADIUS} {RADIUS} 0 1 1 {right} {LINE_Y}A{RADIUS} {RADIUS} 0 1 1 {left} {LINE_Y}Z"
    shapes = [
        path(f"b-stop b-stop--{tone or 'open'}", circle),
        text(name, x=LABELS_X[place], y=13, css="t-strong" if tone else "t-quiet", anchor=anchor),  # type: ignore[arg-type]  # one of the three by the tuple above
    ]
    if at is not None:
        label = _short(at, now)
        shapes.append(text(label, x=LABELS_X[place], y=55, css="t-quiet", anchor=anchor))  # type: ignore[arg-type]  # likewise
    return shapes


def _short(at: datetime, now: datetime) -> str:
    day = near_day(at, today=day_of(now))
    if day in ("Today", "Tomorrow", "Yesterday"):
        return f"{day.lower()} {clock_time(at)}"
    short = short_date(at).rsplit(" ", 1)[0] if any(letter.isdigit() for letter in day) else day[:3]
    return f"{short} {clock_time(at)}"


def _words(escalation: Escalation, *, answered_at: datetime | None, now: datetime) -> str:
    if answered_at is not None:
        return _answered(escalation, answered_at)
    if escalation.due_at is not None:
        who = WHO[escalation.next_level]
        how = " The release is near, so the clock runs in plain hours." if escalation.in_plain_hours else ""
        if escalation.due_at <= now:
            return f"Goes to {who} within a minute unless somebody acknowledges it.{how}"
        return f"Goes to {who} {when_words(escalation.due_at, now)} unless somebody acknowledges it.{how}"
    if escalation.level == AREA:
        return f"Everybody has been told; no answer for {_length(escalation.hops[0].at, now)}."
    return "The day of release is over, so the clock has stopped."


def _answered(escalation: Escalation, answered_at: datetime) -> str:
    if not escalation.hops:
        return "Answered before it went further."
    last = escalation.hops[-1]
    return f"Answered {_length(last.at, answered_at)} after it reached {WHO[last.level]}."


def _length(start: datetime, end: datetime) -> str:
    minutes = max(0, int((end - start).total_seconds() // 60))
    hours, over = divmod(minutes, MINUTES_OF_AN_HOUR)
    if hours >= HOURS_SHOWN:
        return counted(hours // 24, "day")
    parts = [counted(hours, "hour")] if hours else []
    if over or not hours:
        parts.append(counted(over, "minute"))
    return " ".join(parts)


def _spoken(times: list[datetime], now: datetime) -> str:
    names = ("Officers told", "supervisors told", "whole area told")
    told = [f"{name} {when_words(at, now)}" for name, at in zip(names, times, strict=False)]
    return "; ".join(told) + "."
