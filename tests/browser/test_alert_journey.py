"""From a dropped file to the officer who answers, and past the one who does not: by mouse, and by keyboard alone.

The clock is set, not waited for; the files, the worker, the pages and the browser are real.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from access.clock import set_clock
from access.models import Account
from custody.tasks import alerts_task
from custody.wording import LONDON, weekday_and_month
from custody.working_days import is_working_day
from feeds.dropping import MANIFEST_SUFFIX
from feeds.tasks import drop_task
from tests.browser import cast
from tests.browser.looking import look_here
from tests.browser.site import KIRKLEES, Site, as_worker
from tests.browser.test_keyboard import _go_to
from tests.factories import Desk, SealedFile, publish
from tests.figures import figure

pytestmark = pytest.mark.browser
WORKER_SECONDS = 90
TUESDAY = 1
SPELL_DAYS = 4
OFFICERS = ("walker", "sergeant")


class Mouse:
    """Points and clicks."""

    name, surname, forename, number = "mouse", "Wilberfoss", "Octavia", "A7101XY"

    def press(self, _page: Page, thing: Locator) -> None:
        thing.click()

    def write(self, _page: Page, thing: Locator, words: str) -> None:
        thing.fill(words)

    def acknowledge(self, page: Page, row: Locator) -> None:
        self.press(page, row.get_by_role("button", name=re.compile("^Acknowledge")))


class Keyboard:
    """Goes by the tab key, and sees at each stop where it is."""

    name, surname, forename, number = "keyboard", "Yarborough", "Philemon", "A7102XY"

    def press(self, page: Page, thing: Locator) -> None:
        _go_to(page, thing)
        page.keyboard.press("Enter")

    def write(self, page: Page, thing: Locator, words: str) -> None:
        _go_to(page, thing)
        page.keyboard.type(words)

    def acknowledge(self, page: Page, row: Locator) -> None:
        _go_to(page, row.get_by_role("checkbox"))
        page.keyboard.press("Space")
        self.write(page, page.get_by_label("Note on what you acknowledge"), "By keyboard")
        self.press(page, page.get_by_role("button", name="Acknowledge ticked"))


@dataclass
class Story:
    """One person's way through four files of a supplier of their own."""

    hands: Mouse | Keyboard
    tuesday: date
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        maker = self.hands.name.title()
        self.desk = Desk(suppliers={"prison_roll": f"{maker} Prisons", "ppo": f"{maker} Schemes"})

    @property
    def name(self) -> str:
        return f"{self.hands.forename} {self.hands.surname}"

    @property
    def far(self) -> date:
        """The release date at first."""
        return self._first_working_day(self.tuesday + timedelta(days=40))

    @property
    def near(self) -> date:
        """The release date after it was brought forward: two days from the Tuesday."""
        return self.tuesday + timedelta(days=2)

    def opening_files(self) -> list[SealedFile]:
        adopted = {
            "ppo_reference": f"KIR-{self.hands.number}",
            "csp_code": KIRKLEES.area or "",
            "noms_number": self.hands.number,
            "surname": self.hands.surname,
            "forenames": self.hands.forename,
            "date_of_birth": "1984-06-07",
        }
        return [self.desk.ppo(cast.day(5), [adopted]), self.desk.roll(cast.day(4), [self._row("Bystander", "A7100XY")])]

    def received(self) -> SealedFile:
        return self._roll(3, {cast.CRD: f"{self.far:%d/%m/%Y}"})

    def brought_forward(self) -> SealedFile:
        return self._roll(2, {cast.CRD: f"{self.near:%d/%m/%Y}"})

    def released(self) -> SealedFile:
        gone = cast._movement(2, "CR", "REL") | {cast.STATUS: "ACTIVE OUT"}
        return self._roll(1, {cast.CRD: f"{self.near:%d/%m/%Y}", **gone})

    def _roll(self, days_ago: int, says: dict[int, str]) -> SealedFile:
        person = self._row(self.hands.surname, self.hands.number) | says
        return self.desk.roll(cast.day(days_ago), [self._row("Bystander", "A7100XY"), person])

    def _row(self, surname: str, number: str) -> dict[int, str]:
        names = {6: surname.upper(), 7: self.hands.forename.upper(), 8: ""}
        who = {3: number, 4: "Female", cast.BOOKING: f"K{number}", 12: "07/06/1984"}
        inside = {cast.STATUS: "ACTIVE IN", cast.RECEIVED: f"{cast.day(4):%d/%m/%Y}"}
        return who | names | inside | cast._movement(4, "N", "ADM")

    @staticmethod
    def _first_working_day(day: date) -> date:
        return next(later for later in (day + timedelta(days=n) for n in range(9)) if is_working_day(later))


@pytest.fixture
def tuesday() -> Iterator[date]:
    """The next Tuesday with working days around it; the site's clock stands at ten in the morning of it."""
    ahead = (timezone.localdate() + timedelta(days=number) for number in range(1, 60))
    found = next(day for day in ahead if day.weekday() == TUESDAY and _is_plain(day))
    set_clock(_at(found, 10))
    try:
        yield found
    finally:
        set_clock(None)


@pytest.mark.parametrize("hands", [Mouse(), Keyboard()], ids=lambda hands: hands.name)
def test_alert_is_told_answered_passed_on_and_closed(site: Site, tuesday: date, hands: Mouse | Keyboard) -> None:
    with as_worker():
        story = Story(hands, tuesday)
        for file in story.opening_files():
            publish(file)
        files = [story.received(), story.brought_forward(), story.released()]
    # Who signed in before sees what has come since.
    Account.objects.filter(username__in=OFFICERS).update(previous_sign_in_at=timezone.now())

    with site.page("walker") as page, site.page("sergeant") as supervisors:
        seconds = _drop(files[0], hands.name)
        entered = _waits(page, story.name, "entered custody", since=seconds)
        figure("T-ALERT-JOURNEY", hands=hands.name, file_to_inbox_seconds=round(time.monotonic() - seconds, 1))
        _answer(page, entered, hands)

        seconds = _drop(files[1], hands.name)
        moved = _waits(page, story.name, "release brought forward", since=seconds)
        expect(moved).to_contain_text(weekday_and_month(story.near))
        expect(moved).to_contain_text("Goes to the supervisors at midday unless somebody acknowledges it.")
        look_here(page, name="p06", state=f"brought-forward-{hands.name}")

        # Nobody answers, and two working hours pass on the clock.
        set_clock(_at(tuesday, 12, 5))
        alerts_task.delay()
        passed_on = _says(supervisors, story.name, "release brought forward", "everybody in the area at 2:0")
        expect(passed_on).to_contain_text("today 12:0")
        look_here(supervisors, name="p06", state=f"passed-on-{hands.name}")

        set_clock(_at(tuesday, 14, 10))
        alerts_task.delay()
        _says(page, story.name, "release brought forward", "Everybody has been told; no answer for 2 hours")

        seconds = _drop(files[2], hands.name)
        _waits(page, story.name, "released", since=seconds)
        hands.press(page, page.get_by_role("navigation", name="Menu").get_by_role("link", name="Morning"))
        news = page.locator(".jt-news__item").filter(has_text=story.name).filter(has_text="released")
        expect(news.first).to_be_visible()
        hands.press(page, news.first.get_by_role("link", name=story.name))
        expect(page.locator(".jt-now")).to_contain_text("In the community")


def _is_plain(day: date) -> bool:
    return all(is_working_day(day + timedelta(days=number)) for number in range(SPELL_DAYS))


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time_of_day(hour, minute), LONDON)


def _drop(file: SealedFile, name: str) -> float:
    """Put a file into the drop folder as its sender does, and return when."""
    dropped = time.monotonic()
    stem = f"{name}-{file.manifest.sequence}"
    (settings.DROP_DIRECTORY / f"{stem}.age").write_bytes(file.sealed)
    (settings.DROP_DIRECTORY / f"{stem}{MANIFEST_SUFFIX}").write_bytes(file.manifest.to_json())
    # The timetable rings this bell once a minute.
    drop_task.delay()
    return dropped


def _row(page: Page, name: str, what: str) -> Locator:
    # The head, not the whole row: another alert's words may say "released" of a gate or an area.
    head = page.locator(".jt-alert__head").filter(has_text=name).filter(has_text=what)
    return page.locator(".jt-alert:has(input[type=checkbox])").filter(has=head)


def _waits(page: Page, name: str, what: str, *, since: float) -> Locator:
    """Return the row of an alert, once it waits in the inbox.

    Raises: AssertionError when the worker has not brought it in a minute and a half.
    """
    row = _row(page, name, what)
    while time.monotonic() - since < WORKER_SECONDS:
        page.goto("/alerts/")
        if row.count():
            return row.first
        time.sleep(0.5)
    raise AssertionError(f"no alert “{what}” has come; see worker.log")


def _says(page: Page, name: str, what: str, words: str) -> Locator:
    """Return the row of an alert, once its clock says some words."""
    row = _row(page, name, what).filter(has_text=words)
    began = time.monotonic()
    while time.monotonic() - began < WORKER_SECONDS:
        page.goto("/alerts/")
        if row.count():
            return row.first
        time.sleep(0.5)
    raise AssertionError(f"the clock does not say “{words}”; it says {_row(page, name, what).all_inner_texts()}")


def _answer(page: Page, row: Locator, hands: Mouse | Keyboard) -> None:
    words = row.locator(".jt-alert__head").inner_text()
    hands.acknowledge(page, row)
    expect(page.get_by_text(re.compile("^1 alert is acknowledged"))).to_be_visible()
    hands.press(
        page, page.get_by_role("navigation", name="Parts of the alerts").get_by_role("link", name="Acknowledged")
    )
    answered = page.locator(".jt-alert").filter(has_text=words)
    expect(answered.first).to_contain_text("Walker, today at 10")
