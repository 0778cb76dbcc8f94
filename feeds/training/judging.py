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
DATE_KINDS: Final = frozenset(
    {"release_date_set", "release_date_changed", "release_date_withdrawn", "release_date_confirmed"}
)
ENTRY_KINDS: Final = frozenset({"entered", "recalled", "recaptured"})
LEAVING_KINDS: Final = frozenset(
    {"released", "escaped", "absconded", "at_large", "died", "removed", "to_hospital", "lost_by_feed"}
)
# Dates that the sentence sets move back by the whole policy, others to the working day before.
MOVED_BY_POLICY: Final = frozenset({"CRD"})
# Who stands in a file with such a last movement has left, and that file says how.
GONE: Final = "REL"
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
        postcode=custody.discharge_postcode if custody.discharge_lines else "",
    )


def judge(gap: Gap, happenings: Sequence[Happening]) -> Iterator[Verdict]:
    """Yield a verdict on each thing that happened, and on the loss of somebody whom no release explains."""
    date_changes = [happening for happening in happenings if happening.kind in DATE_KINDS]
    for happening in happenings:
        if happening.kind in ENTRY_KINDS:
            yield _entry(gap, happening, happenings)
        elif happening.kind == "in_transit":
            yield _departure(gap, happening)
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
    """Say whether the last file with the person explains the first one without: by its movement, or its date.

    Source: feeds.md 3 (absence); feeds.md 10, ruling 10.
    """
    before = gap.before
    if before is not None and before.moved.type == GONE:
        return True
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
    entries = [other for other in happenings if other.kind in ENTRY_KINDS]
    if happening is not entries[-1]:
        return Verdict(happening, observable=False, why_not="overtaken")
    # Why somebody came in is told by the last movement alone.
    is_told = gap.after.moved.type == "ADM" and gap.after.moved.at == happening.at
    return Verdict(happening if is_told else happening._replace(kind="entered"), observable=True)


def _departure(gap: Gap, happening: Happening) -> Verdict:
    after = gap.after
    shows = gap.stays and after is not None and after.status == IN_TRANSIT and after.moved.at == happening.at
    return Verdict(happening, observable=shows, why_not="" if shows else "overtaken")


def _transfer(gap: Gap, happening: Happening, happenings: Sequence[Happening]) -> Verdict:
    if gap.after is None or not gap.stays or gap.before is None:
        return Verdict(happening, observable=False, why_not="not_in_both_files")
    is_last = happening is _last(happenings, "transferred")
    # The last movement tells one thing: of somebody on the road, or gone, that they are.
    if not is_last or gap.after.status == IN_TRANSIT or gap.after.moved.type == GONE:
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
    if gap.before is None or happening.booking != gap.before.booking:
        return Verdict(happening, observable=False, why_not="came_after_the_last_file")
    if gap.after is not None and gap.after.moved == (GONE, gap.after.moved.reason, happening.at):
        return Verdict(happening, observable=True)
    if gap.after is not None:
        return Verdict(happening, observable=False, why_not="came_back_before_the_file")
    if happening.kind != "released":
        return Verdict(happening, observable=False, why_not="no_form_says_so")
    shows = is_explained(gap) and happening is _first(happenings, "released")
    return Verdict(happening, observable=shows, why_not="" if shows else "outside_window")


def _date_change(gap: Gap, happening: Happening, changes: Sequence[Happening]) -> Verdict:
    before, after = gap.before, gap.after
    if before is None or after is None or not gap.stays:
        return Verdict(happening, observable=False, why_not="not_in_both_files")
    if happening is not changes[-1]:
        return Verdict(happening, observable=False, why_not="overtaken")
    if before.operative == after.operative:
        if after.operative_type != "CONFIRMED" or before.operative_type == "CONFIRMED":
            return Verdict(happening, observable=False, why_not="changed_back")
        sure = happening._replace(kind="release_date_confirmed", old_date=before.operative, new_date=after.operative)
        return Verdict(sure, observable=True)
    net = "set" if before.operative is None else "changed" if after.operative is not None else "withdrawn"
    return Verdict(
        happening._replace(kind=f"release_date_{net}", old_date=before.operative, new_date=after.operative),
        observable=True,
    )


def _last(happenings: Sequence[Happening], kind: str) -> Happening | None:
    return next((happening for happening in reversed(happenings) if happening.kind == kind), None)


def _first(happenings: Sequence[Happening], kind: str) -> Happening | None:
    return next((happening for happening in happenings if happening.kind == kind), None)
