"""A handful of invented people of Leeds, one for each state that a person's page can be in."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from custody.alert_kinds import AlertKind
from custody.alert_models import Acknowledgement, Alert
from custody.working_days import next_working_day
from feeds.manifest import LONDON
from offenders.models import Offender
from tests.browser import crowd
from tests.custody.made_alerts import make_alert
from tests.factories import Desk, SealedFile
from tests.feeds.made_files import roll_line

AREA = "00DA"
HELD, COURT, MISSING, REMOVED, COMMUNITY, NEWCOMER = (
    "Fennimore",
    "Castellane",
    "Ombrage",
    "Quillfeather",
    "Tumbrel",
    "Vaisey",
)
FORENAMES = {
    HELD: "Orlando",
    COURT: "Ignatius",
    MISSING: "Lucasta",
    REMOVED: "Barnaby",
    COMMUNITY: "Peregrine",
    NEWCOMER: "Thaddeus",
}
NUMBERS = {surname: f"A000{place}ZX" for place, surname in enumerate(FORENAMES, start=1)}
BORN = {surname: date(1979 + place, 3, 1 + place) for place, surname in enumerate(FORENAMES, start=1)}
STATUS, LEGAL, PRISON = 23, 24, 2
PRISON_NAME, BOOKING, RECEIVED = 1, 5, 22
SED, CRD = 66, 70
PLACE, REASON, DAY, HOUR, MINUTE, SECOND, TYPE = 133, 134, 135, 136, 137, 138, 139


def day(before_today: int) -> date:
    """Return the day that many days ago."""
    return timezone.localdate() - timedelta(days=before_today)


def due(days_ahead: int) -> date:
    """Return the first working day from that many days ahead, so that pages show the date as it is stated."""
    return next_working_day(day(-days_ahead))


def full_name(surname: str) -> str:
    """Return a person's name as the pages write it in a sentence."""
    return f"{FORENAMES[surname]} {surname}"


def opening_files(desk: Desk) -> list[SealedFile]:
    """Return the files that put everybody into their state: adopted, held, then moved, at court and missing."""
    held, court, missing, removed = (row(surname) for surname in (HELD, COURT, MISSING, REMOVED))
    earlier = {CRD: _written(due(30))}
    moved = {PRISON_NAME: "MOORLAND (HMP & YOI)", PRISON: "MDI", CRD: _written(due(12)), **_movement(3, "INT", "ADM")}
    out = {"status": "REMOVED", "removed_on": f"{day(3)}", "removal_reason": "Twelve months without a conviction"}
    return [
        desk.ppo(day(5), [adopted(surname) for surname in FORENAMES]),
        desk.roll(day(3), [held | earlier, court | {LEGAL: "REMAND"}, missing, removed]),
        desk.ppo(day(2), [adopted(surname) | (out if surname == REMOVED else {}) for surname in FORENAMES]),
        desk.roll(day(2), [held | moved, at_court(), removed]),
    ]


def next_roll(desk: Desk) -> SealedFile:
    """Return the next day's roll: one person comes in, and another's release is brought forward."""
    held = row(HELD) | {PRISON_NAME: "MOORLAND (HMP & YOI)", PRISON: "MDI", CRD: _written(due(4))}
    newcomer = row(NEWCOMER) | {LEGAL: "REMAND", RECEIVED: _written(day(2)), **_movement(2, "N", "ADM")}
    return desk.roll(day(1), [held, at_court(), row(REMOVED), newcomer])


def unreadable_roll(desk: Desk) -> SealedFile:
    """Return a roll that holds no record and is refused for it."""
    return desk.roll(day(1), [], sequence=91)


def short_roll(desk: Desk) -> SealedFile:
    """Return a roll with more rows than its manifest says, which waits for an operator."""
    both = roll_line({0: _written(day(1)), **row(HELD)}) + roll_line({0: _written(day(1)), **row(REMOVED)})
    extract_at = datetime.combine(day(1), time(5, 30), tzinfo=LONDON)
    return desk.sealed("prison_roll", [both], "", extract_at, 92, None)


def row(surname: str) -> dict[int, str]:
    """Return what the roll says of somebody held at Leeds since last winter."""
    who = {3: NUMBERS[surname], 4: "Male", BOOKING: f"LX{NUMBERS[surname][1:5]}", 12: _written(BORN[surname])}
    names = {6: surname.upper(), 7: FORENAMES[surname].upper(), 8: ""}
    sentence = {STATUS: "ACTIVE IN", RECEIVED: _written(day(200)), SED: _written(day(-400)), CRD: _written(due(40))}
    return who | names | sentence | _movement(200, "N", "ADM")


def at_court() -> dict[int, str]:
    """Return what the roll says of somebody who was taken to court three days ago and is not back."""
    return row(COURT) | {STATUS: "ACTIVE OUT", LEGAL: "REMAND"} | _movement(3, "CRT", "CRT")


def adopted(surname: str) -> dict[str, str]:
    """Return what the scheme of Leeds says of somebody it has adopted."""
    return {
        "ppo_reference": f"LDS-{NUMBERS[surname][1:5]}",
        "csp_code": AREA,
        "noms_number": NUMBERS[surname],
        "surname": surname,
        "forenames": FORENAMES[surname],
        "date_of_birth": f"{BORN[surname]}",
        "lead_officer": "PC A Whitlock",
    }


def id_of(surname: str) -> UUID:
    """Return the id of a person of the cast; asked as the worker."""
    born = BORN[surname]
    for offender in Offender.objects.select_related("profile"):
        if offender.profile.surname.casefold() == surname.casefold() and offender.profile.date_of_birth == born:
            return offender.pk
    raise LookupError("Nobody of the cast has come in under this surname; were the opening files published?")


def tell_of(people: Mapping[str, UUID]) -> None:
    """Write alerts in every state about the cast, beside those that the files raised; run as the worker."""
    now = timezone.now()
    for level, surname in enumerate((HELD, COURT, REMOVED)):
        crowd.urgent(people[surname], area=AREA, level=level, now=now)
    make_alert(
        people[COURT],
        AlertKind.RELEASED,
        now=now - timedelta(hours=3),
        from_establishment="LEI",
        to_establishment="",
        withdrawn_at=now - timedelta(minutes=40),
        withdrawn_because=Alert.Because.CORRECTION,
    )
    make_alert(people[HELD], AlertKind.DUE_14, now=now, day_out=due(12), late=True, delivered_at=None)
    # One that the files owe: a made-up one is withdrawn by the next file that speaks of its person.
    owed = Alert.objects.told().live().filter(area_code=AREA, event_id__isnull=False)
    answered = owed.exclude(offender_id__in=people.values()).order_by("-occurred_at", "pk").first()
    assert answered is not None, "the small world told nobody of Leeds anything; choose another seed"
    Acknowledgement.objects.create(
        alert=answered,
        offender_id=answered.offender_id,
        officer_id=answered.pk,
        officer_name="Sgt Ogden",
        at=now - timedelta(minutes=4),
        note="PC Brearley and PC Sadiq are meeting him",
    )


def _movement(days_ago: int, reason: str, kind: str) -> dict[int, str]:
    return {
        PLACE: "LEEDS (HMP)",
        REASON: reason,
        DAY: _written(day(days_ago)),
        HOUR: "09",
        MINUTE: "10",
        SECOND: "00",
        TYPE: kind,
    }


def _written(when: date) -> str:
    return f"{when:%d/%m/%Y}"
