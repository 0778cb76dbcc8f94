"""The first pages of those who work with people outside an area: a prison's liaison, and drug intervention."""

from collections import Counter
from datetime import datetime
from typing import Final

from django.urls import reverse

from access.officers import OfficerContext
from audit.mornings import DutyMorning, Figure, Task
from custody.models import Whereabouts
from custody.pages.morning import place_words
from custody.pages.people import Person, name_first, tracked_people
from custody.pages.signs import HELD
from custody.wording import counted, day_of, near_day

NEAR_DAYS: Final = 7


def liaison_morning(officer: OfficerContext, *, now: datetime) -> DutyMorning:
    """Return the morning of a prison's liaison: tracked people here, and who is due out. Opens the names it shows.

    Four queries. Source: product.md 1; the roll of the establishment itself is P11.
    """
    today = day_of(now)
    here = [person for person in tracked_people(areas=officer.areas, today=today) if person.state.whereabouts in HELD]
    soon = sorted(
        (person for person in here if person.due and person.due.days_to_go <= NEAR_DAYS),
        key=lambda person: person.due.day if person.due else today,
    )
    places = Counter(Whereabouts(person.state.whereabouts) for person in here)
    return DutyMorning(
        today=today,
        place=place_words(officer),
        headline=f"{counted(len(soon), 'tracked person is', 'tracked people are')} due out within 7 days."
        if soon
        else "Nobody tracked is due out within 7 days.",
        sentence=f"{counted(len(here), 'tracked person is', 'tracked people are')} held here."
        if here
        else "No tracked person is shown to your establishment.",
        figures=(
            Figure(len(here), "held here"),
            Figure(places[Whereabouts.AT_COURT] + places[Whereabouts.TEMPORARY_ABSENCE], "out for a time"),
            Figure(places[Whereabouts.IN_TRANSIT], "on the way"),
            Figure(places[Whereabouts.MISSING], "missing from the file"),
        ),
        tasks_title="Due out within 7 days",
        tasks=tuple(_leaving(person, now) for person in soon),
        nothing="Nobody is due out within 7 days.",
        would_be="Here stand tracked people held in your establishment with their day of release and how sure it is.",
        note="" if here else "People are shown to an establishment from the day its roll is kept here.",
    )


def _leaving(person: Person, now: datetime) -> Task:
    due = person.due
    assert due is not None
    when = "the day has passed" if due.is_past else near_day(due.day, today=day_of(now))
    return Task(
        due.day,
        name_first(person.profile),
        f"{when}, {due.certainty.label.lower()}",
        reverse("person", args=[person.id]),
        is_urgent=due.days_to_go <= 1,
    )


def dip_morning(officer: OfficerContext, *, now: datetime) -> DutyMorning:
    """Return the morning of a drug intervention worker. No query: no list of the programme is taken in."""
    return DutyMorning(
        today=day_of(now),
        place=place_words(officer),
        headline="Nobody is on a drug intervention list here.",
        sentence="JTrack takes in no list of the programme, so nothing can be shown to you.",
        figures=(),
        tasks_title="New since you last looked",
        tasks=(),
        nothing="No list has come.",
        would_be="Here stand people of your area's drug intervention caseload who enter custody, move or are due out.",
    )
