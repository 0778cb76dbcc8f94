"""Write adoptions as real forces do: some numbers missing, short or mistyped, names changed, someone else's PNC ID."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from feeds.training import prehistory
from feeds.training.identities import misspelt_pnc, short_pnc
from feeds.training.model import Person
from feeds.training.names import BRITISH_SURNAMES, STOCK_BY_BACKGROUND, pick_forenames
from feeds.training.people import Likeness
from feeds.training.world import World

DUMMY_PNC: Final = "1933/0993399H"
DUMMY_CRO: Final = "000000/00Z"
# Slip and its share of all people; every slip is met at least twice in any world.
SHARES: Final[Mapping[str, float]] = {
    "short_pnc": 0.15,
    "prison_number_only": 0.10,
    "short_pnc_only": 0.10,
    "long_pnc_only": 0.03,
    "cro_only": 0.02,
    "dummies": 0.012,
    "wrong_check_letter": 0.012,
    "changed_surname": 0.02,
    "birth_date_slip": 0.02,
    "name_and_birth_date_wrong": 0.018,
    "pnc_of_somebody_else": 0.012,
    "no_identifier": 0.008,
}
FEWEST_OF_A_KIND: Final = 2
# These rows name one person by number and another by name: they go to review and are joined to nobody.
GO_TO_REVIEW: Final = frozenset({"name_and_birth_date_wrong", "pnc_of_somebody_else", "no_identifier"})
NAMESAKE_SHARE: Final = 0.012
FEWEST_NAMESAKES: Final = 3
GENERATION_DAYS: Final = (7300, 10900)
ADULT_DAYS: Final = 18 * 366


def misstate(world: World, people: Sequence[Person]) -> None:
    """Give some of the people rows that say less, or other, than the truth."""
    candidates = [person for person in people if len(person.adoptions) == 1]
    world.rng.shuffle(candidates)
    remaining = iter(candidates)
    victims = _others_inside(world)
    for slip, share in SHARES.items():
        for _ in range(max(FEWEST_OF_A_KIND, round(share * len(people)))):
            person = next(remaining, None)
            if person is None:
                return
            person.needs_review = slip in GO_TO_REVIEW
            person.adoptions[0].stated = _stated(world, person, slip, victims)
            if slip == "dummies":
                world.note("dummy_identifiers", person)


def add_namesakes(world: World, people: Sequence[Person]) -> None:
    """Put sons and fathers of one name, and twins, of some of the people into custody.

    Source: domain.md d.1: a father was once released in place of his son.
    """
    people = [person for person in people if "date_of_birth" not in person.adoptions[0].stated]
    for case, make in (("fathers_and_sons", _father_or_son), ("twins", _twin)):
        for person in world.rng.sample(people, max(FEWEST_NAMESAKES, round(NAMESAKE_SHARE * len(people)))):
            relative = make(world, person)
            prehistory.place_inside(world, relative)
            world.note(case, person, witness=relative)


def _others_inside(world: World) -> Iterator[Person]:
    others = [person for person in world.inside.values() if not person.adoptions and person.roll_pnc]
    world.rng.shuffle(others)
    return iter(others)


def _stated(world: World, person: Person, slip: str, victims: Iterator[Person]) -> dict[str, str]:
    """Return what the row says otherwise than the truth, by column."""
    if slip == "pnc_of_somebody_else":
        victim = next(other for other in victims if _is_unlike(other, person))
        world.note("pnc_of_somebody_else", person, witness=victim)
        return {"noms_number": "", "cro_number": "", "pnc_id": victim.pnc, "aliases": ""}
    if slip == "changed_surname":
        person.prison_surname = person.surname
        person.surname = _other_surname(world, person)
        return {}
    if slip == "name_and_birth_date_wrong":
        # Only a row of the prison's under that number contradicts it.
        world.note("typing_errors_to_review", person, witness=person)
    return WRITERS[slip](world, person)


def _birth_date_slip(world: World, person: Person) -> dict[str, str]:
    return {"date_of_birth": (person.born + timedelta(days=world.rng.choice((-10, -1, 1, 10)))).isoformat()}


def _name_and_birth_date_wrong(world: World, person: Person) -> dict[str, str]:
    wrong = person.born - timedelta(days=world.rng.randint(400, 2500))
    return {"surname": _other_surname(world, person), "date_of_birth": wrong.isoformat(), "aliases": ""}


Writer = Callable[[World, Person], dict[str, str]]
WRITERS: Final[Mapping[str, Writer]] = {
    "short_pnc": lambda _, person: {"pnc_id": short_pnc(person.pnc), "cro_number": ""},
    "prison_number_only": lambda *_: {"pnc_id": "", "cro_number": ""},
    "short_pnc_only": lambda _, person: {"noms_number": "", "cro_number": "", "pnc_id": short_pnc(person.pnc)},
    "long_pnc_only": lambda *_: {"noms_number": "", "cro_number": ""},
    "cro_only": lambda *_: {"noms_number": "", "pnc_id": ""},
    "dummies": lambda *_: {"pnc_id": DUMMY_PNC, "cro_number": DUMMY_CRO},
    "wrong_check_letter": lambda _, person: {"pnc_id": misspelt_pnc(person.pnc), "cro_number": ""},
    "birth_date_slip": _birth_date_slip,
    "name_and_birth_date_wrong": _name_and_birth_date_wrong,
    "no_identifier": lambda *_: {"noms_number": "", "pnc_id": "", "cro_number": "", "aliases": ""},
}


def _other_surname(world: World, person: Person) -> str:
    taken = {person.surname, person.prison_surname, *(surname for surname, _ in person.aliases)}
    return world.rng.choice([name for name in BRITISH_SURNAMES if not any(name in other for other in taken)])


def _is_unlike(other: Person, person: Person) -> bool:
    names = {person.surname, *(surname for surname, _ in person.aliases)}
    return other.born != person.born and not any(other.surname in name or name in other.surname for name in names)


def _father_or_son(world: World, person: Person) -> Person:
    years_apart = world.rng.randint(*GENERATION_DAYS)
    latest = world.today - timedelta(days=ADULT_DAYS)
    son = person.born + timedelta(days=years_apart)
    born = son if son < latest else person.born - timedelta(days=years_apart)
    return _relative(world, person, forenames=person.forenames, born=born)


def _twin(world: World, person: Person) -> Person:
    stock = STOCK_BY_BACKGROUND[person.background]
    forenames = person.forenames
    while forenames[0] == person.forenames[0]:
        forenames = pick_forenames(world.rng, stock, sex=person.sex)
    return _relative(world, person, forenames=forenames, born=person.born)


def _relative(world: World, person: Person, *, forenames: tuple[str, ...], born: date) -> Person:
    likeness = Likeness(person.surname, forenames, person.sex, born, person.background)
    relative = world.people.person(likeness, area=person.area, as_of=world.today)
    relative.address, relative.postcode = person.address, person.postcode
    return relative
