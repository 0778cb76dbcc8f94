"""Let people out of custody: on their day, on bail, in error, by escape or death, or lost by the feed alone."""

from typing import Final

from feeds.training.model import Person
from feeds.training.world import World, stay

MISHAP_DAYS: Final = 5000.0
# A mishap close to the release day would look like a release in the file, so none happens there.
FAR_FROM_RELEASE_DAYS: Final = 20
MISHAPS: Final = (("error", 30), ("abscond", 20), ("death", 12), ("lost", 38))
FREED_REASONS: Final = ("BL", "BL", "BL", "DS", "NG", "NCS")


def let_go(world: World, person: Person, *, reason: str, kind: str = "released") -> None:
    """Take a person out of custody now. ``reason``: a release code such as CR; ``kind``: what the truth calls it."""
    custody = stay(person)
    world.tell(person, kind, origin=custody.prison, old_date=custody.operative)
    person.past_bookings = (*person.past_bookings, custody.booking)
    person.on_licence = reason in ("CR", "HR", "NP", "PX", "PD")
    person.is_gone = kind != "released"
    world.leave(person)


def free_without_date(world: World, person: Person) -> None:
    """Bail, acquit or discontinue: the file never held a date for it.

    Whoever has been sentenced meanwhile stays.
    """
    if stay(person).legal_status in ("REMAND", "CONVICTED_UNSENTENCED"):
        let_go(world, person, reason=world.rng.choice(FREED_REASONS))


def plan_mishap(world: World, person: Person) -> None:
    """Plan the rare thing that nobody plans."""
    world.plan_in(MISHAP_DAYS, _mishap, person, least_days=3)


def _mishap(world: World, person: Person) -> None:
    custody = stay(person)
    release = custody.operative
    if release is not None and (release - world.today).days < FAR_FROM_RELEASE_DAYS:
        return
    fate = world.rng.choices([name for name, _ in MISHAPS], [weight for _, weight in MISHAPS])[0]
    if fate == "lost":
        custody.lost_by_feed = True
        world.tell(person, "lost_by_feed", origin=custody.prison)
    elif fate == "error":
        let_go(world, person, reason="CR")
    elif fate == "abscond":
        let_go(world, person, reason="UAL", kind="escaped")
    else:
        let_go(world, person, reason="DEC", kind="died")
