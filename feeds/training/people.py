"""Make the invented people: who they are, their numbers and where they live."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from feeds.training.identities import NumberSeries
from feeds.training.model import Person
from feeds.training.names import pick_forenames, pick_stock, pick_surname
from feeds.training.places import Area
from feeds.training.words import INWARD_LETTERS, STREET_KINDS, STREETS

WOMEN_SHARE: Final = 0.045
YOUNGEST_YEARS: Final = 18
OLDEST_YEARS: Final = 82
# Mean and spread of ages, of prolific offenders and of everybody else in custody.
PROLIFIC_AGES: Final = (30.0, 7.0)
OTHER_AGES: Final = (37.0, 11.5)
NO_FIXED_ABODE_SHARE: Final = 0.05
NO_FIXED_ABODE: Final = "NF1 1NF"
# Who fills these prisons from the chosen forces; the rest come from further away.
LOCAL_SHARE: Final = 0.85
ALIAS_SHARE: Final = 0.22
PRISON_KNOWS_PNC_SHARE: Final = 0.92
# Two people of one name and birth date exist only where a hard case asks for them.
MOST_TRIES: Final = 50


class Likeness(NamedTuple):
    """What a person cannot change."""

    surname: str
    forenames: tuple[str, ...]
    sex: str
    born: date
    background: str


class PeopleMaker:
    """Makes people one by one; no two share full name and birth date by chance."""

    def __init__(self, rng: Random, areas: Mapping[str, Area], forces: Sequence[str]) -> None:
        self.numbers = NumberSeries(rng)
        self._rng = rng
        self._home = [area for area in areas.values() if area.force in forces]
        self._elsewhere = [area for area in areas.values() if area.force not in forces]
        self._taken: set[tuple[str, str, date]] = set()
        self._serial = 0

    @property
    def home_areas(self) -> Sequence[Area]:
        """The areas of the chosen forces."""
        return self._home

    def make(self, *, as_of: date, area: Area | None = None, is_prolific: bool = False) -> Person:
        """Return a new person who is an adult on the day, of the area or of one likely to fill these prisons."""
        stock = pick_stock(self._rng)
        sex = "F" if self._rng.random() < WOMEN_SHARE else "M"
        for _ in range(MOST_TRIES):
            surname = pick_surname(self._rng, stock)
            forenames = pick_forenames(self._rng, stock, sex=sex)
            born = self._birth_date(as_of, is_prolific=is_prolific)
            if (surname, forenames[0], born) not in self._taken:
                break
        likeness = Likeness(surname, forenames, sex, born, stock.background)
        return self.person(likeness, area=area or self._some_area(), as_of=as_of)

    def person(self, likeness: Likeness, *, area: Area, as_of: date) -> Person:
        """Return a new person of the given likeness, with numbers, address and aliases of their own."""
        self._serial += 1
        self._taken.add((likeness.surname, likeness.forenames[0], likeness.born))
        pnc, cro = self.numbers.pnc_and_cro(likeness.born, before=as_of)
        address, postcode = self.address(area)
        return Person(
            serial=self._serial,
            surname=likeness.surname,
            forenames=likeness.forenames,
            sex=likeness.sex,
            born=likeness.born,
            background=likeness.background,
            prison_number=self.numbers.prison_number(),
            pnc=pnc,
            cro=cro,
            area=area,
            address=address,
            postcode=postcode,
            aliases=self._aliases(likeness.surname, likeness.forenames),
            past_bookings=tuple(self.numbers.booking() for _ in range(self._rng.choice((0, 0, 0, 1, 1, 2, 4)))),
            roll_pnc=self._rng.random() < PRISON_KNOWS_PNC_SHARE,
        )

    def address(self, area: Area) -> tuple[tuple[str, ...], str]:
        """Return an invented address of the area and its postcode, or no fixed abode."""
        if self._rng.random() < NO_FIXED_ABODE_SHARE:
            return ("No fixed abode",), NO_FIXED_ABODE
        street = f"{self._rng.choice(STREETS)} {self._rng.choice(STREET_KINDS)}"
        inward = f"{self._rng.randrange(1, 10)}{self._rng.choice(INWARD_LETTERS)}{self._rng.choice(INWARD_LETTERS)}"
        number = self._rng.randrange(1, 160)
        return (f"{number} {street}", area.name), f"{area.pick_district(self._rng)} {inward}"

    def _some_area(self) -> Area:
        pool = self._home if self._rng.random() < LOCAL_SHARE or not self._elsewhere else self._elsewhere
        return self._rng.choice(pool)

    def _birth_date(self, as_of: date, *, is_prolific: bool) -> date:
        mean, spread = PROLIFIC_AGES if is_prolific else OTHER_AGES
        years = min(max(self._rng.gauss(mean, spread), YOUNGEST_YEARS + 0.1), OLDEST_YEARS)
        return as_of - timedelta(days=round(years * 365.25))

    def _aliases(self, surname: str, forenames: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if self._rng.random() >= ALIAS_SHARE:
            return ()
        other = pick_surname(self._rng, pick_stock(self._rng))
        choices = ((other, forenames), (surname, forenames[::-1]), (other, forenames[:1]))
        return (self._rng.choice(choices),)
