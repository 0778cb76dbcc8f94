"""Say of each thing that happened between two files whether the files can show it.

It looks at the world's own log and at what stands in the two files, never at the product's derivation.
Source: feeds.md 3 and 10, rulings 10 and 11.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from feeds.training.model import ACTIVE_OUT, IN_TRANSIT, Custody, Filed, Happening, operative_of, operative_type_of
from feeds.training.sentences import day_with_services, working_day_before

ABSENCES: Final = {
    "at_court": ("CRT", True),
    "returned_from_court": ("CRT", False),
    "temporary_absence": ("TAP", True),
    "returned_from_absence": ("TAP", False),
}
DATE_KINDS: Final = frozenset({"release_date_set", "release_date_changed", "release_date_withdrawn"})
LEAVING_KINDS: Final = frozenset({"released", "escaped", "died", "lost_by_feed"})
# Dates that the sentence sets move back by the whole policy, others to the working day before.
MOVED_BY_POLICY: Final = frozenset({"CRD"})
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """The time between two rolls, and what they hold of one person."""

    before: Filed | None
    after: Filed | None
    before_day: date
    after_day: date
    after_at: datetime

    @property
    def stays(self) -> bool:
        """Whether both files hold the person on one booking."""
        return self.before is not None and self.after is not None and self.before.booking == self.after.booking


@dataclass(frozen=True, slots=True)
class Verdict:
    """A thing that happened, whether the files show it, and why not where they do not."""

    happening: Happening
    observable: bool
    why_not: str = ""


def filed(custody: Custody | None, *, before: Filed | None) -> Filed | None:
    """Return what the file of this moment shows of a stay; None when it does not hold the person."""
    if custody is None or custody.lost_by_feed:
        return None
    prison = custody.prison
    if custody.status == IN_TRANSIT:
        # The file says TRN: the last prison that a file named stays the last one known.
        prison = before.prison if before is not None else ""
    return Filed(
        booking=custody.booking,
        prison=prison,
        status=custody.status,
        moved=custody.moved,
        operative=operative_of(custody.dates),
        operative_type=operative_type_of(custody.dates),
    )


def judge(gap: Gap, happenings: Sequence[Happening]) -> Iterator[Verdict]:
    """Yield a verdict on each thing that happened, and on the loss of somebody whom no release explains."""
    date_changes = [happening for happening in happenings if happening.kind in DATE_KINDS]
    for happening in happenings:
        if happening.kind == "entered":
            yield _entry(gap, happening, happenings)
        elif happening.kind == "transferred":
            yield _transfer(gap, happening, happenings)
        elif happening.kind in ABSENCES:
            yield _absence(gap, happening)
        elif happening.kind in LEAVING_KINDS:
            yield _leaving(gap, happening, happenings)
        else:
            yield _date_change(gap, happening, date_changes)
    if gap.before is not None and gap.after is None and not is_explained(gap):
        lost = Happening("missing_from_feed", gap.after_at, gap.before.booking, origin=gap.before.prison)
        yield Verdict(lost, observable=True)


def is_explained(gap: Gap) -> bool:
    """Say whether the date that counted in the last file with the person explains the first one without.

    Source: feeds.md 3 (absence); feeds.md 10, ruling 10.
    """
    before = gap.before
    if before is None or before.operative is None:
        return False
    moves_back = day_with_services if before.operative_type in MOVED_BY_POLICY else working_day_before
    earliest = moves_back(before.operative) - ONE_DAY
    latest = before.operative + ONE_DAY
    passed_between = gap.before_day <= before.operative <= gap.after_day
    return earliest <= gap.after_day <= latest or passed_between


def _entry(gap: Gap, happening: Happening, happenings: Sequence[Happening]) -> Verdict:
    if gap.after is None:
        return Verdict(happening, observable=False, why_not="left_before_the_file")
    if gap.stays or happening.booking != gap.after.booking:
        return Verdict(happening, observable=False, why_not="overtaken")
    return Verdict(happening, observable=happening is _last(happenings, "entered"))


def _transfer(gap: Gap, happening: Happening, happenings: Sequence[Happening]) -> Verdict:
    if gap.after is None or not gap.stays or gap.before is None:
        return Verdict(happening, observable=False, why_not="not_in_both_files")
    if happening is not _last(happenings, "transferred") or gap.after.status == IN_TRANSIT:
        return Verdict(happening, observable=False, why_not="overtaken")
    if not gap.before.prison:
        return Verdict(happening, observable=False, why_not="no_prison_named_before")
    if gap.after.prison == gap.before.prison:
        return Verdict(happening, observable=False, why_not="moved_back")
    # The files know nothing of a prison in between: they tell the move from the one last named.
    return Verdict(happening._replace(origin=gap.before.prison), observable=True)


def _absence(gap: Gap, happening: Happening) -> Verdict:
    kind, is_out = ABSENCES[happening.kind]
    after = gap.after
    if after is None or gap.before is None:
        return Verdict(happening, observable=False, why_not="not_in_both_files")
    is_last = after.moved.type == kind and after.moved.at == happening.at
    shows = is_last and (after.status == ACTIVE_OUT) == is_out
    return Verdict(happening, observable=shows, why_not="" if shows else "overtaken")


def _leaving(gap: Gap, happening: Happening, happenings: Sequence[Happening]) -> Verdict:
    if happening.kind != "released":
        return Verdict(happening, observable=False, why_not="no_form_says_so")
    if gap.before is None or happening.booking != gap.before.booking:
        return Verdict(happening, observable=False, why_not="came_after_the_last_file")
    if gap.after is not None:
        return Verdict(happening, observable=False, why_not="came_back_before_the_file")
    shows = is_explained(gap) and happening is _first(happenings, "released")
    return Verdict(happening, observable=shows, why_not="" if shows else "outside_window")


def _date_change(gap: Gap, happening: Happening, changes: Sequence[Happening]) -> Verdict:
    before, after = gap.before, gap.after
    if before is None or after is None or not gap.stays:
        return Verdict(happening, observable=False, why_not="not_in_both_files")
    if happening is not changes[-1]:
        return Verdict(happening, observable=False, why_not="overtaken")
    if before.operative == after.operative:
        return Verdict(happening, observable=False, why_not="changed_back")
    net = "set" if before.operative is None else "changed" if after.operative is not None else "withdrawn"
    return Verdict(
        happening._replace(kind=f"release_date_{net}", old_date=before.operative, new_date=after.operative),
        observable=True,
    )


def _last(happenings: Sequence[Happening], kind: str) -> Happening | None:
    return next((happening for happening in reversed(happenings) if happening.kind == kind), None)


def _first(happenings: Sequence[Happening], kind: str) -> Happening | None:
    return next((happening for happening in happenings if happening.kind == kind), None)
