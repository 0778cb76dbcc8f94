"""The accounts of a training site: one for each kind of work, with passwords of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from access.factors import enrol
from access.grants import NOWHERE, Place, create_officer, grant_role
from access.models import Account
from access.site import is_training

LEEDS = "00DA"
BRADFORD = "00CX"
# A name that no mail server can ever deliver to. Source: RFC 2606.
MAIL_DOMAIN = "jtrack.invalid"


class NotATrainingSiteError(Exception):
    """Accounts whose codes are shown on the page exist on training sites only."""


@dataclass(frozen=True)
class TrainingAccount:
    """An invented officer."""

    username: str
    name: str
    title: str
    role: str
    place: Place = NOWHERE


ACCOUNTS = (
    TrainingAccount("leeds.officer", "Sam Hartley", "PPO officer", "area_officer", Place(area=LEEDS)),
    TrainingAccount("leeds.officer2", "Priya Nair", "PPO officer", "area_officer", Place(area=LEEDS)),
    TrainingAccount("bradford.officer", "Owen Clegg", "PPO officer", "area_officer", Place(area=BRADFORD)),
    TrainingAccount("leeds.supervisor", "Ruth Adeyemi", "PPO sergeant", "area_supervisor", Place(area=LEEDS)),
    TrainingAccount("feeds", "Martin Lyle", "Feed operator", "feed_operator"),
    TrainingAccount("matches", "Joan Pickles", "Match reviewer", "match_reviewer"),
    TrainingAccount("assurance", "David Osei", "Information assurance", "assurance"),
)


def create_training_accounts(file: Path) -> list[tuple[TrainingAccount, str]]:
    """Create the accounts that are missing, keep their passwords in a private file, and return the new ones.

    Raises: NotATrainingSiteError.
    """
    if not is_training():
        raise NotATrainingSiteError("This database is not a training site's; use create_officer.")
    created = []
    for account in ACCOUNTS:
        if Account.objects.filter(username=account.username).exists():
            continue
        password = secrets.token_urlsafe(15)
        _create(account, password)
        _write_down(file, account.username, password)
        created.append((account, password))
    return created


def _create(account: TrainingAccount, password: str) -> None:
    officer = create_officer(
        username=account.username,
        password=password,
        name=account.name,
        title=account.title,
        email=f"{account.username}@{MAIL_DOMAIN}",
    )
    grant_role(officer, role=account.role, place=account.place)
    enrol(officer.account)


def _write_down(file: Path, username: str, password: str) -> None:
    file.touch(mode=0o600, exist_ok=True)
    with file.open("a", encoding="ascii") as lines:
        lines.write(f"{username}\t{password}\n")
