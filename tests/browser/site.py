"""A whole site for the browser: who may sign in, who is in the files, and where it answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page

from access.grants import NOWHERE, Place
from feeds.models import Delivery, MatchCase
from tests.browser import cast, crowd
from tests.cluster import logged_in_as
from tests.factories import Desk, publish
from tests.journeys.world import deliver, files_of, register_suppliers
from tests.personas import LEEDS, Person, make_person, signed_in

# An area of a force that the small world leaves out, so that nobody is there.
EMPTY_AREA = Place(area="00BN")
KIRKLEES = Place(area="00CZ")
PERSONAS = {
    "officer": ("area_officer", LEEDS),
    "colleague": ("area_officer", LEEDS),
    "supervisor": ("area_supervisor", LEEDS),
    "newcomer": ("area_officer", EMPTY_AREA),
    "walker": ("area_officer", KIRKLEES),
    "sergeant": ("area_supervisor", KIRKLEES),
    "crowded": ("area_supervisor", crowd.AREA),
    "feeds": ("feed_operator", NOWHERE),
    "matches": ("match_reviewer", NOWHERE),
    "assurance": ("assurance", NOWHERE),
    "admin": ("access_admin", NOWHERE),
    "national": ("national", NOWHERE),
    "liaison": ("prison_liaison", Place(establishment="LEI")),
    "prosecutor": ("cps", LEEDS),
    "drugs": ("dip_worker", LEEDS),
    "guessed": ("area_officer", LEEDS),
    "beginner": ("area_officer", LEEDS),
}
SCALE, SEED, DAYS = 0.005, 3, 4


@dataclass
class Site:
    """The running site with its officers; people come with `fill`."""

    address: str
    browser: Browser
    officers: dict[str, Person]
    desk: Desk | None = None
    people: dict[str, UUID] = field(default_factory=dict)
    deliveries: dict[str, UUID] = field(default_factory=dict)

    def visitor(self, persona: str | None = None, *, with_scripts: bool = True) -> BrowserContext:
        """Return a fresh browser profile, signed in as a persona when one is named."""
        context = self.browser.new_context(
            base_url=self.address, java_script_enabled=with_scripts, viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(15_000)
        if persona:
            key = signed_in(self.officers[persona]).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.address}])
        return context

    @contextmanager
    def page(self, persona: str | None = None, *, with_scripts: bool = True) -> Iterator[Page]:
        """Give a page of a fresh profile, closed afterwards."""
        context = self.visitor(persona, with_scripts=with_scripts)
        try:
            yield context.new_page()
        finally:
            context.close()

    def fill(self, folder: Path) -> None:
        """Import a small training world and the cast, and keep where each state can be looked at."""
        with as_worker():
            call_command("make_training_data", out=folder, scale=SCALE, seed=SEED, days=DAYS, verbosity=0)
            register_suppliers(folder)
            deliver(files_of(folder))
            self.desk = Desk()
            published = [publish(file) for file in cast.opening_files(self.desk)]
            states = {delivery.state for delivery in published}
            assert states == {Delivery.State.PUBLISHED}, [delivery.fault_message for delivery in published]
            refused, waiting = publish(cast.unreadable_roll(self.desk)), publish(cast.short_roll(self.desk))
            assert [refused.state, waiting.state] == [Delivery.State.REFUSED, Delivery.State.WAITING]
            self.people = {surname: cast.id_of(surname) for surname in cast.FORENAMES}
            cast.tell_of(self.people)
            crowd.bring_in()
            busiest = Delivery.objects.filter(state=Delivery.State.PUBLISHED).order_by("-rows").first()
            assert busiest is not None
            self.deliveries = {"published": busiest.pk, "refused": refused.pk, "waiting": waiting.pk}
            assert MatchCase.objects.exists(), "the small world brought no doubtful match; choose another seed"


def make_officers() -> dict[str, Person]:
    """Create an account for each persona of this site; one has no second factor yet."""
    return {
        name: make_person(name, role, place=place, enrolled=name != "beginner")
        for name, (role, place) in PERSONAS.items()
    }


@contextmanager
def as_worker() -> Iterator[None]:
    """Act as the worker, and leave no connection behind."""
    with logged_in_as("worker"):
        yield
    connections.close_all()
