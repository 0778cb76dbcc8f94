"""A small world for storage tests of alerts: people of Leeds, told by rolls of November 2026, and their officers."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from access.models import Officer
from custody.alert_models import Alert, AlertReceipt
from custody.alerting import AlertChanges, bring_alerts_into_line
from custody.projection import Case, RecordHistory, project
from custody.recording import load_custody_facts, record_custody_facts
from custody.routing import reroute
from custody.snapshots import Observation, derive_facts
from offenders.models import Address, Offender, RecordLink, SchemeMembership
from offenders.schemes import memberships_of, tracking
from tests.custody.alert_people import BASELINE, LEEDS
from tests.custody.histories import at

DELIVERY = uuid.UUID(int=1)
FIRST_LIST = at(1)
Line = tuple[str, str]


@dataclass
class Somebody:
    """A tracked person, whose roll and schemes are told file by file."""

    areas: Sequence[str] = (LEEDS,)
    tracked_since: datetime = FIRST_LIST
    offender: Offender = field(init=False)
    roll: uuid.UUID = field(default_factory=uuid.uuid4)

    def __post_init__(self) -> None:
        self.offender = Offender.objects.create()
        self._link(self.roll, "prison_roll")
        for area in self.areas:
            self.adopted_by(area, since=self.tracked_since)

    def adopted_by(self, area: str, *, since: datetime) -> uuid.UUID:
        """Let a scheme's list say that it has adopted the person; return the scheme's record."""
        record = uuid.uuid4()
        self._link(record, "ppo")
        self._membership(record, area, since, "CATCH_AND_CONVICT")
        return record

    def removed_by(self, record: uuid.UUID, area: str, *, since: datetime) -> None:
        """Let a scheme's list say that it has let the person go."""
        self._membership(record, area, since, "")

    def discharged_to(self, postcode: str, *, since: datetime) -> None:
        """Let the roll state a discharge address."""
        Address.objects.create(
            record_id=self.roll, delivery_id=DELIVERY, valid_at=since, kind="discharge", lines=[], postcode=postcode
        )

    def told(self, *history: Observation, now: datetime, because: str = "stated") -> AlertChanges:
        """Let the rolls say this and nothing else of the person, as an import does; return what became of alerts."""
        with transaction.atomic():
            record_custody_facts(
                {self.roll: derive_facts(history)}, since=at(1, 0), delivery_id=DELIVERY, because=because
            )
            project([self.case()], delivery_id=DELIVERY)
            reroute([self.offender.pk], today=now.date())
            return bring_alerts_into_line([self.offender.pk], because=because, now=now)

    def case(self) -> Case:
        """Return the person with what is derived from."""
        facts = load_custody_facts([self.roll])[self.roll]
        records = RecordLink.objects.filter(offender=self.offender).values_list("record_id", flat=True)
        return Case(
            self.offender.pk,
            tracking(memberships_of(records).values()),
            (RecordHistory(self.roll, facts, at(BASELINE)),),
        )

    def alerts(self) -> list[Line]:
        """Return kind and area of the live alerts that were told."""
        found = Alert.objects.live().told().filter(offender=self.offender)
        return sorted(found.values_list("kind", "area_code"))

    def alert(self, kind: str) -> Alert:
        """Return the one alert of a kind, withdrawn or not."""
        return Alert.objects.get(offender=self.offender, kind=kind)

    def _link(self, record: uuid.UUID, feed: str) -> None:
        RecordLink.objects.create(record_id=record, feed=feed, offender=self.offender, rule="own", delivery_id=DELIVERY)

    def _membership(self, record: uuid.UUID, area: str, since: datetime, strand: str) -> None:
        SchemeMembership.objects.create(
            record_id=record,
            delivery_id=DELIVERY,
            valid_at=since,
            strand=strand,
            area_code=area,
            reference="WY-0042",
            removal_reason="",
            lead_officer="",
            mappa_level="",
            sex_offender="N",
        )


def told_to(officer: Officer) -> list[str]:
    """Return the kinds of the live alerts that an officer was told of."""
    receipts = AlertReceipt.objects.filter(officer_id=officer.pk, told_at__isnull=False, alert__withdrawn_at=None)
    return sorted(receipts.values_list("alert__kind", flat=True))
