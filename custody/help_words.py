"""What the words of the pages mean, for officers: states, dates, how sure, alerts, and the rules behind them.

Every member of each list has its text here; a test fails when a new one lacks it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from custody.alert_kinds import ALWAYS_ON, SETTLES, AlertKind
from custody.date_meanings import DATE_MEANINGS
from custody.models import Whereabouts
from custody.release_dates import Certainty, ReleaseDateType
from offenders.models import SchemeMembership

Strand = SchemeMembership.Strand


@dataclass(frozen=True, slots=True)
class Word:
    """One word and its meaning, its ``steps`` in order and its ``notes``. ``anchor`` is where a link leads."""

    anchor: str
    word: str
    meaning: str
    swatch: str = ""
    state: str = ""
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """Words that belong together under one heading."""

    anchor: str
    title: str
    lead: str
    words: tuple[Word, ...]


STATES: Final[Mapping[Whereabouts, str]] = MappingProxyType(
    {
        Whereabouts.IN_CUSTODY: "The latest prison file holds this person in the prison that is named.",
        Whereabouts.AT_COURT: "Taken to court and not back in the latest file. The prison still holds the place.",
        Whereabouts.TEMPORARY_ABSENCE: (
            "Out for a time with leave, and still the prison’s. Overdue when the expected return has passed or, "
            "where none is recorded, after more than 4 days."
        ),
        Whereabouts.IN_TRANSIT: "Has left one prison and is not yet in another. The next file should name the new one.",
        Whereabouts.MISSING: (
            "In the file before the latest, not in it now, and no release explains it. In custody but unconfirmed: ask "
            "the prison. It may be a fault of the file."
        ),
        Whereabouts.COMMUNITY: "Not in prison: released, or never held since we follow this person.",
        Whereabouts.UNLAWFULLY_AT_LARGE: (
            "Should be in custody and is not: escaped, absconded, or did not come back when the law required it."
        ),
        Whereabouts.HOSPITAL: "Moved from prison to a hospital, as a rule under the Mental Health Act. Not free.",
        Whereabouts.REMOVED: "Left the country from custody: deported, extradited, or sent home to serve the sentence.",
        Whereabouts.DIED: "The prison recorded a death. The record is kept and raises nothing more.",
    }
)

CERTAINTIES: Final[Mapping[Certainty, str]] = MappingProxyType(
    {
        Certainty.CONFIRMED: "The prison has fixed the date. Plan on it, and look again on the day before.",
        Certainty.APPROVED: "Parole or a curfew tag has been granted for this date. It can still be taken back.",
        Certainty.CALCULATED: "It follows from the sentence. It moves with added days, time served or a new sentence.",
        Certainty.STATED: "The sender says so, and the file does not hold what we would need to check it.",
        Certainty.ELIGIBLE: (
            "From this day release may be asked for. It is no release date and never counts as one; it is the earliest "
            "day on which the person could be out."
        ),
    }
)

ALERTS: Final[Mapping[AlertKind, str]] = MappingProxyType(
    {
        AlertKind.ENTERED: "Received into prison, on remand or under sentence, who was not inside before.",
        AlertKind.ADOPTED_IN_CUSTODY: "Newly on your scheme, and already in prison when the scheme adopted them.",
        AlertKind.TRANSFERRED: "Moved to another prison: a gate meet planned at the old one is at the wrong gate.",
        AlertKind.MOVED_LATE: "Moved to another prison within 7 days of release: the gate has changed at short notice.",
        AlertKind.AT_COURT_OVERNIGHT: "Taken to court and not back by midnight. The court may have let them go.",
        AlertKind.ABSENCE_BEGUN: "Out of prison for a time, with leave.",
        AlertKind.ABSENCE_RETURNED: "Back from a time outside with leave.",
        AlertKind.ABSENCE_OVERDUE: "Out with leave for more than 4 days, and not seen back.",
        AlertKind.DATE_SET: "A release date is held for the first time in this custody period.",
        AlertKind.DATE_BROUGHT_FORWARD: "The release date that counts is now earlier.",
        AlertKind.DATE_PUT_BACK: "The release date that counts is now later.",
        AlertKind.DATE_WITHDRAWN: "The release date that counted is no longer held, and no other has taken its place.",
        AlertKind.DATE_CONFIRMED: "The prison has confirmed the date that was held already.",
        AlertKind.DUE_28: "Four weeks to the day of release. Time to agree who is to meet the person, and where.",
        AlertKind.DUE_14: "Two weeks to the day of release; the prison checks the date again about now.",
        AlertKind.DUE_7: "One week to the day of release.",
        AlertKind.DUE_2: "Two days to the day of release; the prison checks the date a last time.",
        AlertKind.DUE_1: "Due out tomorrow.",
        AlertKind.RELEASING_HERE: "Managed by another area, with a discharge address in yours.",
        AlertKind.RELEASED: "Has left prison: at the end of the term, on licence, on a tag, on bail.",
        AlertKind.RECALLED: "Back in prison because the licence was broken.",
        AlertKind.ESCAPED: "Got away from prison or from an escort.",
        AlertKind.ABSCONDED: "Walked away from an open prison or did not return to it.",
        AlertKind.AT_LARGE: "Should be in custody and is not, without an escape or abscond being recorded.",
        AlertKind.RECAPTURED: "Back in custody after being unlawfully at large.",
        AlertKind.DIED: "The prison recorded a death.",
        AlertKind.REMOVED: "Left the country from custody.",
        AlertKind.HOSPITAL: "Moved from prison to a hospital.",
        AlertKind.MISSING: "Not in the latest prison file, and no release explains it. Ask the prison.",
        AlertKind.BACK_IN_FEED: "Was missing from the prison file and stands in it again.",
    }
)

STRANDS: Final[Mapping[Strand, str]] = MappingProxyType(
    {
        Strand.PREVENT_AND_DETER: "Young people at risk of becoming prolific.",
        Strand.CATCH_AND_CONVICT: "People who go on offending: found, charged and brought to court quickly.",
        Strand.REHABILITATE_AND_RESETTLE: "People who work with the scheme on staying out of crime.",
    }
)

RULES: Final = (
    Word(
        "operative-date",
        "The date that counts",
        "A person may have many dates; one counts. It is the first of these that is held, in this order:",
        steps=(
            "the date that the prison has confirmed;",
            "the approved parole date;",
            "the approved curfew date;",
            "the latest of the automatic, conditional, non-parole, post-recall and mid-term dates;",
            "the release date that the prison’s own system states, where the file holds nothing of the above;",
            "the end of the sentence, where nothing else is held.",
        ),
        notes=(
            "A date that the prison has set against its own calculation beats the calculation, even an earlier one.",
            "On remand only a confirmed date counts: there is no sentence to reckon from.",
            "An indeterminate sentence does not expire.",
            "Where the prison states another date than ours, the person’s page shows both.",
        ),
    ),
    Word(
        "working-days",
        "Weekends, Fridays and holidays",
        "Prisons release on working days, Monday to Friday without the bank holidays of England and Wales.",
        notes=(
            "A date on another day is shown on the working day before it.",
            "Conditional, automatic, post-recall and detention-order dates may come sooner still; pages say “may be”.",
            "Prisons avoid Fridays and the day before a holiday, when offices that people need are about to close.",
            "A curfew eligibility date moves forward to the next working day.",
            "A confirmed date stands as the prison confirmed it.",
        ),
    ),
    Word(
        "short-notice",
        "Moved inside 14 or 2 days",
        "Prisons check a release date 14 days and 2 days before it. A change learnt after such a check, counted from "
        "the nearer of the old and the new date, is marked: it is the kind that leaves nobody at the gate.",
    ),
    Word(
        "missing",
        "Missing from the file",
        "The prison file is a list of everybody held. Somebody who stood in one and not in the next counts as released "
        "only when the date that counts explains it: from the day before the earliest day they could have left to the "
        "day after the date. Otherwise they are missing, and stay in custody, unconfirmed, until a file or the prison "
        "says more.",
    ),
    Word(
        "settling",
        "The 45-minute wait",
        "Received and released are sometimes recorded against the wrong person and put right within the hour. Such an "
        "alert waits until 45 minutes after the movement happened; if it is reversed meanwhile nothing is sent. One "
        "that is older when the file comes is sent at once.",
    ),
    Word(
        "withdrawn",
        "Withdrawn",
        "Something that was told and turned out not to be so. It stays in sight, struck through, with the reason, and "
        "everybody who got the alert is told of the withdrawal.",
    ),
    Word(
        "late",
        "Late, not sent",
        "An alert that would have been due before we knew, or before your scheme adopted the person. It is kept so "
        "that the record is whole, and was sent to nobody.",
    ),
    Word(
        "escalation",
        "Goes to the supervisor",
        "A release inside 2 days must be acknowledged within 2 working hours, Monday to Friday, 8am to 6pm. If nobody "
        "does, it goes to the supervisor, and after 2 more hours to everybody in the area. Where the release would "
        "come before the clock runs out, the clock runs in plain hours, night and weekend.",
    ),
    Word(
        "acknowledging",
        "Acknowledge",
        "You say that somebody deals with it. It stops the clock for everybody in the area and keeps your name, the "
        "time and your note.",
    ),
    Word(
        "two-areas",
        "Managed here, releasing to your area",
        "An area manages the people whom its scheme has adopted. A person whose discharge address lies in another area "
        "is shown to that area too, and both are told.",
    ),
)

FILES: Final = (
    Word("delivery", "Delivery", "One sealed file with the sender’s manifest."),
    Word(
        "reconciliation", "Every row accounted for", "The rows of a file are loaded, set aside or doubled, and add up."
    ),
    Word(
        "quarantine",
        "Quarantine",
        "Where rows wait that cannot be believed, each with its line, its fault and the cure.",
    ),
    Word(
        "held",
        "Held for a decision",
        "A file that looks wrong as a whole waits until an operator decides with a reason.",
    ),
    Word("refused", "Refused", "A file turned away: not sealed, not signed, altered, or seen before."),
    Word(
        "data-age", "Data as of", "When the sender took the latest loaded file from its own system, not when it came."
    ),
)


def topics() -> Iterator[Topic]:
    """Yield the help page's parts in the order in which they stand."""
    yield Topic("states", "Where somebody is", "What the signs and words for a person’s place mean.", tuple(_states()))
    yield Topic(
        "certainty",
        "How sure a date is",
        "The darker the shade, the surer the date: the same in tables, charts and the calendar.",
        tuple(
            Word(f"certainty-{code}", code.label, meaning, swatch=code.value) for code, meaning in CERTAINTIES.items()
        ),
    )
    yield Topic("rules", "How dates and alerts work", "The rules behind what you see.", RULES)
    yield Topic(
        "dates",
        "Kinds of date",
        "The prison’s own words and letters.",
        tuple(_dates()),
    )
    yield Topic("alerts", "Kinds of alert", "What each alert tells you.", tuple(_alerts()))
    yield Topic(
        "strands",
        "Strands",
        "Which part of the scheme somebody is followed under.",
        tuple(Word(f"strand-{code.value.lower()}", code.label, meaning) for code, meaning in STRANDS.items()),
    )
    yield Topic("files", "Files", "Where the data come from.", FILES)


def meanings() -> dict[str, Word]:
    """Return every word by its anchor."""
    return {word.anchor: word for topic in topics() for word in topic.words}


def anchors() -> frozenset[str]:
    """Return every place of the help page to which a link may lead."""
    return frozenset(topic.anchor for topic in topics()) | meanings().keys()


def _states() -> Iterator[Word]:
    for code, meaning in STATES.items():
        yield Word(f"state-{code.value}", str(code.label), meaning, state=code.value)


def _dates() -> Iterator[Word]:
    for code in ReleaseDateType:
        meaning = DATE_MEANINGS[code]
        yield Word(f"date-{code.value.lower()}", meaning.label, meaning.words, notes=(f"{meaning.releases.label}.",))


def _alerts() -> Iterator[Word]:
    for kind, meaning in ALERTS.items():
        notes = []
        if kind in SETTLES:
            notes.append("Waits 45 minutes from when it happened.")
        if kind in ALWAYS_ON:
            notes.append("Cannot be switched off.")
        label = kind.label
        yield Word(f"alert-{kind.value}", label[:1].upper() + label[1:], meaning, notes=tuple(notes))
