"""Write down, roll by roll, what the files show of the tracked people and what that proves or hides."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from feeds.training import hard_cases
from feeds.training.judging import Gap, Verdict, filed, judge
from feeds.training.mistakes import Mistake
from feeds.training.model import Filed, Person
from feeds.training.standings import Standing
from feeds.training.truth import HardCase, Tracking, TruthEvent
from feeds.training.world import ROLL_TIME, World, aware


class Chronicle:
    """Verdicts, hard cases and standings of the people whom ``tracking`` names by serial."""

    def __init__(self, tracking: Mapping[int, Tracking]) -> None:
        self.hard_cases: list[HardCase] = []
        self.standings: list[Standing] = []
        self._tracking = tracking
        self._events: list[tuple[Person, TruthEvent]] = []
        self._file_at: dict[int, datetime] = {}

    def write(self, world: World, day: date, *, sequence: int, is_first: bool) -> None:
        """Judge everything that happened since the last roll by what this one shows."""
        self._file_at[sequence] = file_at = aware(datetime.combine(day, ROLL_TIME))
        for person in world.touched.values():
            before, after = person.filed, filed(person.custody, before=person.filed)
            if person.serial in self._tracking:
                if not is_first:
                    self._judge(person, _gap(before, after, day), sequence)
                if is_first or after != before:
                    self._stand(person, after, sequence, file_at)
            person.filed = after
            person.happenings.clear()
        world.touched.clear()
        if is_first:
            self.hard_cases += hard_cases.made_on_purpose(world)

    def write_mistakes(self, mistakes: Sequence[Mistake], day: date, *, sequence: int) -> None:
        """Write down what a roll shows that is put right by the next sequence, before that one is judged."""
        self._file_at[sequence] = file_at = aware(datetime.combine(day, ROLL_TIME))
        for mistake in mistakes:
            person, before = mistake.person, mistake.person.filed
            after = filed(mistake.custody, before=before)
            for verdict in judge(_gap(before, after, day), list(mistake.happenings())):
                self._events.append((person, _event(person, verdict, mistaken_file=sequence)))
            self._stand(person, after, sequence, file_at, is_mistaken=True)
            self._stand(person, before, sequence + 1, file_at)

    def events(self) -> list[TruthEvent]:
        """Return every event so far, as the tracking of each person lets it be seen."""
        return [self._tracking[person.serial].mark(event, file_at=self._file_at) for person, event in self._events]

    def _judge(self, person: Person, gap: Gap, sequence: int) -> None:
        verdicts = list(judge(gap, person.happenings))
        self._events += [(person, _event(person, verdict, file=sequence)) for verdict in verdicts]
        self.hard_cases += hard_cases.seen_between(gap, person, verdicts, file=sequence)

    def _stand(
        self, person: Person, shown: Filed | None, sequence: int, at: datetime, *, is_mistaken: bool = False
    ) -> None:
        if self._tracking[person.serial].in_review:
            return
        standing = Standing(person.prison_number, sequence, at, is_mistaken=is_mistaken)
        if shown is not None:
            standing = replace(
                standing,
                status=shown.status,
                prison=shown.prison,
                booking=shown.booking,
                operative=shown.operative,
                operative_type=shown.operative_type,
                postcode=shown.postcode,
            )
        self.standings.append(standing)


def _gap(before: Filed | None, after: Filed | None, day: date) -> Gap:
    return Gap(before, after, day - timedelta(days=1), day, datetime.combine(day, ROLL_TIME))


def _event(
    person: Person, verdict: Verdict, *, file: int | None = None, mistaken_file: int | None = None
) -> TruthEvent:
    happening = verdict.happening
    is_true = mistaken_file is None
    return TruthEvent(
        kind=happening.kind,
        ppo_reference=person.adoptions[0].reference,
        prison_number=person.prison_number,
        occurred_at=aware(happening.at),
        observable=verdict.observable and is_true,
        first_file=file if verdict.observable else None,
        from_establishment=happening.origin,
        to_establishment=happening.destination,
        old_date=happening.old_date,
        new_date=happening.new_date,
        why_not=verdict.why_not if is_true else "corrected",
        mistaken_file=mistaken_file,
    )
