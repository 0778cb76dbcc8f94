"""A crowded area: three hundred invented people in every state, written straight into the tables as the worker."""

import hashlib
import os
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from access.grants import Place
from access.keys import key_ids, load_keys
from custody.alert_kinds import AlertKind
from custody.alert_models import Alert
from custody.models import CustodyEvent, CustodyState, EventKind, Whereabouts
from offenders.models import Offender, Profile
from tests.custody.made_alerts import make_alert, make_hop

AREA = Place(area="00BR")
PEOPLE = 300
PRISONS = ("LEI", "MDI", "HLI", "WDI", "DNI", "LHI", "NHI", "FKI")
FIRST = ("Ambrose", "Bertram", "Cecily", "Dorcas", "Everard", "Fabian", "Gideon", "Hester", "Isadora", "Jocelyn")
SYLLABLES = ("Bram", "Cott", "Dray", "Fens", "Gorse", "Hart", "Isle", "Jarr", "Kett", "Lang")
ENDINGS = ("ley", "worth", "combe", "field", "over", "wick", "thorpe", "mere", "stow", "by")
CERTAINTIES = (("CONFIRMED", "confirmed"), ("HDCAD", "approved"), ("CRD", "calculated"), ("ARD", "calculated"))
ALERTS = (
    AlertKind.ENTERED,
    AlertKind.TRANSFERRED,
    AlertKind.MOVED_LATE,
    AlertKind.DATE_BROUGHT_FORWARD,
    AlertKind.DATE_PUT_BACK,
    AlertKind.DATE_CONFIRMED,
    AlertKind.ABSENCE_OVERDUE,
    AlertKind.RELEASED,
    AlertKind.ABSCONDED,
    AlertKind.MISSING,
    AlertKind.RECALLED,
    AlertKind.RECAPTURED,
)


def bring_in(area: Place = AREA) -> None:
    """Write the crowd of an area, with moved dates and alerts; run as the worker."""
    code = area.area or ""
    load_keys("area", [code])
    key = key_ids("area", [code])[code]
    today = timezone.localdate()
    people = [uuid.uuid5(uuid.NAMESPACE_OID, f"crowd {number}") for number in range(PEOPLE)]
    Offender.objects.bulk_create(Offender(pk=pk, visible_to=[key]) for pk in people)
    Profile.objects.bulk_create(_profile(pk, number, code) for number, pk in enumerate(people))
    CustodyState.objects.bulk_create(_state(pk, number, today) for number, pk in enumerate(people))
    CustodyEvent.objects.bulk_create(_moves(people, today))
    _alerts(people, code)


def _profile(pk: uuid.UUID, number: int, area: str) -> Profile:
    surname = (
        SYLLABLES[number % 10] + ENDINGS[number // 10 % 10] + ("" if number < 100 else "-" + SYLLABLES[number % 7])
    )
    membership = {"area": area, "strand": "CATCH_AND_CONVICT", "adopted_on": "2026-01-09", "lead_officer": "PC Vane"}
    return Profile(
        pk=pk,
        strand="CATCH_AND_CONVICT",
        surname=surname,
        forenames=FIRST[number * 7 % 10],
        date_of_birth=date(1970 + number % 30, 1 + number % 12, 1 + number % 28),
        scheme={"memberships": [membership], "numbers": {"prison_number": f"A{number:04d}ZZ"}},
        digest=os.urandom(16),
    )


def _state(pk: uuid.UUID, number: int, today: date) -> CustodyState:
    values: dict[str, Any] = {
        "whereabouts": Whereabouts.IN_CUSTODY,
        "establishment_code": PRISONS[number % len(PRISONS)],
    }
    if number % 5 < 4:
        kind, certainty = CERTAINTIES[number % len(CERTAINTIES)]
        day = today + timedelta(days=number * 3 % 75)
        values |= {"release_date": day, "release_date_type": kind, "certainty": certainty}
    if number % 11 == 0:
        values |= {"eligible_date": today + timedelta(days=number % 50 + 1), "eligible_date_type": "HDCED"}
    if number % 23 == 0:
        values |= {"whereabouts": Whereabouts.AT_COURT}
    if number % 29 == 0:
        released = timezone.now() - timedelta(days=number % 9)
        values |= {"whereabouts": Whereabouts.COMMUNITY, "released_at": released, "establishment_code": ""}
    return CustodyState(pk=pk, since=timezone.now() - timedelta(days=9), digest=os.urandom(16), **values)


def _moves(people: list[uuid.UUID], today: date) -> Iterator[CustodyEvent]:
    for number, pk in enumerate(people):
        if number % 6 or number % 5 >= 4:
            continue
        new = today + timedelta(days=number * 3 % 75)
        learned = timezone.now() - timedelta(days=number % 4)
        yield CustodyEvent(
            offender_id=pk,
            record_id=pk,
            kind=EventKind.RELEASE_DATE_CHANGED,
            key=hashlib.md5(pk.bytes, usedforsecurity=False).digest(),
            occurred_at=learned,
            precision="second",
            learned_at=learned,
            delivery_id=pk,
            to_establishment=PRISONS[number % len(PRISONS)],
            old_date=new + timedelta(days=11 if number % 4 else -5),
            new_date=new,
        )


def _alerts(people: list[uuid.UUID], area: str) -> None:
    now = timezone.now()
    for number, pk in enumerate(people[:90]):
        kind = ALERTS[number % len(ALERTS)]
        dates: dict[str, Any] = {
            "new_date": now.date() + timedelta(days=20),
            "old_date": now.date() + timedelta(days=31),
        }
        told = now - timedelta(hours=number)
        make_alert(pk, kind, now=told, area=area, from_establishment="LEI", to_establishment="MDI", **dates)
    for number, pk in enumerate(people[90:96]):
        urgent(pk, area=area, level=number % 3, now=now)


def urgent(pk: uuid.UUID, *, area: str, level: int, now: datetime) -> Alert:
    """Return an alert with a clock that was passed on so many times."""
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    made = make_alert(
        pk,
        AlertKind.DUE_1,
        now=now - timedelta(hours=2 * level),
        area=area,
        new_date=tomorrow,
        day_out=tomorrow,
        certainty="confirmed",
        escalates=True,
        level=level,
        next_hop_at=None if level == 2 else now + timedelta(hours=2),
    )
    for place, name in enumerate(("supervisor", "area")[:level]):
        make_hop(made, name, at=now - timedelta(minutes=110 - 50 * place))
    return made
