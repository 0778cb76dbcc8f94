"""Let people out of custody: on their day, on bail, in error, by escape or death, or lost by the feed alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from feeds.training.model import ACTIVE_IN, ACTIVE_OUT, Movement, Person
from feeds.training.world import Action, World, stay

MISHAP_DAYS: Final = 5000.0
# A mishap close to the release day would look like a release in the file, so none happens there.
FAR_FROM_RELEASE_DAYS: Final = 35
MISHAPS: Final = (("released", 30), ("absconded", 14), ("escaped", 6), ("died", 12), ("lost_by_feed", 38))
# How the prison codes a departure that is no release. Source: domain.md b.1.
CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "released": ("CR",),
    "escaped": ("ESCP",),
    "absconded": ("UAL",),
    "at_large": ("UAL_ECL",),
    "died": ("DEC",),
    "removed": ("DD", "DE", "DL", "EX", "RE"),
    "to_hospital": ("HP",),
}
AT_LARGE: Final = frozenset({"escaped", "absconded", "at_large"})
FOR_GOOD: Final = frozenset({"died", "removed", "to_hospital"})
# The share of people let out who stand in one more file, which names their release as the last movement.
LINGERING_SHARE: Final = 0.25
ON_LICENCE: Final = frozenset({"CR", "HR", "NP", "PX", "PD"})
FREED_REASONS: Final = ("BL", "BL", "BL", "DS", "NG", "NCS")


def let_go(world: World, person: Person, *, reason: str, kind: str = "released", lingers: bool = False) -> None:
    """Take a person out of custody now. ``reason``: a release code such as CR; ``kind``: what the truth calls it.

    Who ``lingers`` stands in one more file, as gone: only so can the flat form say how somebody went.
    Source: feeds.md 3 (absence).
    """
    custody = stay(person)
    world.tell(person, kind, origin=custody.prison, old_date=custody.operative)
    if lingers:
        # A stay of its own, so that nothing planned for the old one happens any more.
        moved = Movement("REL", reason, world.now)
        person.custody = replace(custody, status=ACTIVE_OUT, moved=moved, left_as=kind)
        world.touch(person)
        world.plan(world.clock(world.today + timedelta(days=1), start=5.6, end=7), _vanish, person)
        return
    _leave(world, person, kind, on_licence=reason in ON_LICENCE)


def _vanish(world: World, person: Person) -> None:
    gone = stay(person)
    _leave(world, person, gone.left_as, on_licence=gone.moved.reason in ON_LICENCE)


def _leave(world: World, person: Person, kind: str, *, on_licence: bool) -> None:
    custody = stay(person)
    person.past_bookings = (*person.past_bookings, custody.booking)
    person.on_licence = on_licence
    person.is_gone = kind in FOR_GOOD
    person.at_large_from = custody if kind in AT_LARGE else None
    world.leave(person)


def stands_in_the_file(person: Person) -> bool:
    """Say whether the last file holds the person on this stay, and they have not gone out since."""
    custody = stay(person)
    return custody.status == ACTIVE_IN and person.filed is not None and person.filed.booking == custody.booking


def depart_as(kind: str) -> Action:
    """Return the action by which somebody goes in a way that the next file tells by its code."""

    def depart(world: World, person: Person) -> None:
        if stands_in_the_file(person):
            let_go(world, person, reason=world.rng.choice(CODES[kind]), kind=kind, lingers=True)

    return depart


def free_without_date(world: World, person: Person) -> None:
    """Bail, acquit or discontinue: the file never held a date for it.

    Whoever has been sentenced meanwhile stays.
    """
    if stay(person).legal_status in ("REMAND", "CONVICTED_UNSENTENCED"):
        lingers = stands_in_the_file(person) and world.rng.random() < LINGERING_SHARE
        let_go(world, person, reason=world.rng.choice(FREED_REASONS), lingers=lingers)


def plan_mishap(world: World, person: Person) -> None:
    """Plan the rare thing that nobody plans."""
    world.plan_in(MISHAP_DAYS, _mishap, person, least_days=3)


def _mishap(world: World, person: Person) -> None:
    custody = stay(person)
    release = custody.operative
    if release is not None and (release - world.today).days < FAR_FROM_RELEASE_DAYS:
        return
    if custody.status != ACTIVE_IN:
        return
    fate = world.rng.choices([name for name, _ in MISHAPS], [weight for _, weight in MISHAPS])[0]
    if fate == "lost_by_feed":
        custody.lost_by_feed = True
        world.tell(person, fate, origin=custody.prison)
    else:
        let_go(world, person, reason=CODES[fate][0], kind=fate)
