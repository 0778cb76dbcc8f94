"""People of one area in the roll, as many as a page is to show."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

from custody.working_days import next_working_day
from tests.factories import Desk, days, publish

AsRole = Callable[[str], AbstractContextManager[None]]
FIRST_DAY = date(2026, 11, 23)
LETTERS = "ABCDEFGHJKLMNPQRST"


def publish_people(db_as: AsRole, count: int, *, area: str = "00DA", prison: str = "LEI") -> None:
    """Publish a PPO list and two rolls: everybody is held, and due out one after another; one in five is moved."""
    numbers = [f"A{1000 + place}B{LETTERS[place % len(LETTERS)]}" for place in range(count)]
    with db_as("worker"):
        desk = Desk()
        publish(desk.ppo(FIRST_DAY, [_adopted(number, area) for number in numbers]))
        first, second = days(2, start=FIRST_DAY)
        publish(desk.roll(first, [_held(number, place, prison) for place, number in enumerate(numbers)]))
        moved = [
            _held(number, place, prison) | ({2: "MDI", 1: "MOORLAND (HMP & YOI)"} if place % 5 == 0 else {})
            for place, number in enumerate(numbers)
        ]
        publish(desk.roll(second, moved))


def _adopted(number: str, area: str) -> dict[str, str]:
    return {"ppo_reference": f"REF-{number}", "csp_code": area, "surname": f"Aa{number}", "noms_number": number}


def _held(number: str, place: int, prison: str) -> dict[int, str]:
    due = next_working_day(FIRST_DAY + timedelta(days=2 + place))
    return {2: prison, 3: number, 5: f"LX{place:04d}", 6: f"AA{number}", 70: f"{due:%d/%m/%Y}"}
