"""What the frame of every page shows: who is asking, where they may go, how old the data is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest  # noqa: TID251 - a context processor is handed the request
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from access.officers import OfficerContext
from access.permissions import Permission
from access.sessions import IDLE_LIMIT
from access.site import is_training
from custody.inbox import unacknowledged_count
from custody.pages.morning import place_words
from custody.wording import day_of, joined
from feeds.freshness import Freshness, freshness


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation: its words and address name, who may go there, what else belongs to it."""

    words: str
    name: str
    may: Permission
    others: tuple[str, ...] = ()


NAVIGATION: Final = (
    Entry("Morning", "morning", Permission.VIEW_MORNING),
    Entry("Caseload", "caseload", Permission.VIEW_CASELOAD, ("person",)),
    Entry("Release calendar", "calendar", Permission.VIEW_CASELOAD, ("calendar_link",)),
    Entry("Alerts", "alerts", Permission.ACKNOWLEDGE_ALERT, ("alert_settings",)),
    Entry("Absent from PPO list", "absent", Permission.CHANGE_OFFENDER),
    Entry("Deliveries", "deliveries", Permission.VIEW_DELIVERIES, ("delivery", "overrule_delivery")),
    Entry("Feed health", "feed_health", Permission.VIEW_DELIVERIES),
    Entry("Upload a sealed file", "upload_delivery", Permission.UPLOAD_DELIVERY),
    Entry("Doubtful matches", "matches", Permission.VIEW_MATCHES),
    Entry("Audit trail", "audit", Permission.VIEW_AUDIT, ("audit_officer", "audit_person")),
)
OWN_ACCOUNT: Final = "mfa_index"
ALERTS: Final = "alerts"  # the page whose link says how many wait


@dataclass(frozen=True, slots=True)
class Item:
    """One link of the navigation; ``is_counted`` says that the number of alerts waiting stands beside it."""

    words: str
    url: str
    is_active: bool
    is_here: bool
    is_counted: bool = False


class Frame:
    """The frame of one page. What needs the database is asked for only where a template shows it."""

    def __init__(self, request: HttpRequest) -> None:
        """Take the request; there is an officer only behind a door."""
        self._here = request.resolver_match.url_name if request.resolver_match else None
        self._officer: OfficerContext | None = getattr(request, "officer", None)
        self.now: datetime = timezone.now()

    @property
    def officer_name(self) -> str:
        """Return the name of who opened the page."""
        return self._officer.name if self._officer else ""

    @property
    def place(self) -> str:
        """Return the officer's places, or their duties where they have none."""
        if self._officer is None:
            return ""
        return place_words(self._officer) or joined(self._officer.role_names)

    @cached_property
    def navigation(self) -> Sequence[Item]:
        """Return the pages that exist and that the officer may open."""
        officer = self._officer
        if officer is None:
            return ()
        return [self._item(entry) for entry in NAVIGATION if officer.may(entry.may)]

    @cached_property
    def alerts_waiting(self) -> int:
        """Return how many alerts wait for the officer's acknowledgement."""
        return unacknowledged_count(self._officer) if self._officer else 0

    @property
    def has_help(self) -> bool:
        """Return whether the officer may read what the words mean: everybody with a role may."""
        return self._officer is not None and self._officer.may(Permission.VIEW_HELP)

    @property
    def home(self) -> str:
        """Return the address of the officer's first page."""
        return self.navigation[0].url if self.navigation else reverse(OWN_ACCOUNT)

    @cached_property
    def ages(self) -> list[Freshness]:
        """Return how old the data of each feed is."""
        return freshness(today=day_of(self.now)) if self._officer else []

    @property
    def is_training(self) -> bool:
        """Return whether everybody here is invented."""
        return is_training()

    @property
    def idle_seconds(self) -> int:
        """Return after how long without a request the session ends; nothing for a stranger."""
        return int(IDLE_LIMIT.total_seconds()) if self._officer else 0

    @property
    def session_ends_at(self) -> datetime | None:
        """Return when the session ends whatever is done."""
        return self._officer.session_ends_at if self._officer else None

    def _item(self, entry: Entry) -> Item:
        here = self._here == entry.name
        is_active = here or self._here in entry.others
        return Item(entry.words, reverse(entry.name), is_active, here, is_counted=entry.name == ALERTS)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the context that every template has."""
    return {"frame": Frame(request)}
