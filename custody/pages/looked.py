"""Who has looked at a person's record, as the database function tells those who may see the person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from access.roles import ROLES

SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Look:
    """One opening of the record."""

    at: datetime
    name: str
    role: str


def who_looked(offender_id: UUID) -> list[Look]:
    """Return the latest openings of a person's page, newest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT at, actor_name, actor_role FROM sec.who_looked(%s, %s)", [offender_id, SHOWN])
        return [Look(at, name, _role_words(roles)) for at, name, roles in cursor.fetchall()]


def _role_words(codes: str) -> str:
    return ", ".join(ROLES[code].name for code in codes.split(", ") if code in ROLES)
