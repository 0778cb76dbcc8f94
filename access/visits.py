"""What one visit to a door writes down: who came, what they did, whom they saw."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.http import HttpRequest  # noqa: TID251 - reads the peer and the browser of a request

from access.models import Session
from access.officers import OfficerContext
from audit.numbers import request_number
from audit.trail import Actor, Code, Outcome, record
from vault.opened import Opened

PERSON = "offenders.offender"
PERSON_COLUMN = "offender_id"
FIRST_SERVER_ERROR = 500


@dataclass
class Notes:
    """What a view adds to its audit event beyond the fields that it opened."""

    people: set[uuid.UUID] = field(default_factory=set)
    result_count: int | None = None
    terms: str | None = None

    def __call__(
        self, *, people: Iterable[uuid.UUID] = (), result_count: int | None = None, terms: str | None = None
    ) -> None:
        """Add people who are shown or touched, the number of results, or the words searched for."""
        self.people |= set(people)
        self.result_count = result_count if result_count is not None else self.result_count
        self.terms = terms or self.terms


def record_visit(
    code: Code,
    outcome: Outcome,
    kwargs: Mapping[str, Any],
    *,
    opened: Opened | None = None,
    notes: Notes | None = None,
) -> None:
    """Write the event of a visit, and one more when names were looked through that were not all shown.

    Raises: AuditUnavailableError.
    """
    opened = opened or Opened()
    notes = notes or Notes()
    thing, thing_id = _object(kwargs)
    # A person's own page shows them even when nothing of it was sealed.
    named = {kwargs[PERSON_COLUMN]} if PERSON_COLUMN in kwargs and outcome is Outcome.OK else set()
    record(
        code,
        outcome=outcome,
        people=named | notes.people | people_of(opened.fields),
        fields=opened.fields,
        result_count=notes.result_count,
        terms=notes.terms,
        object_type=thing,
        object_id=thing_id,
        delivery_id=kwargs.get("delivery_id"),
    )
    looked_through = people_of(opened.scanned)
    if looked_through:
        record(Code.SCAN, outcome=outcome, fields=opened.scanned, result_count=len(looked_through))


def people_of(fields: Mapping[str, set[uuid.UUID]]) -> set[uuid.UUID]:
    """Return the people among the subjects of opened fields, which are named as app.model.field."""
    return {subject for name, subjects in fields.items() if _is_about_a_person(name) for subject in subjects}


def outcome_of(status: int) -> Outcome:
    """Return how a visit ended by the status of its answer."""
    if status >= FIRST_SERVER_ERROR:
        return Outcome.ERROR
    return Outcome.DENIED if status in {403, 404} else Outcome.OK


def visitor(request: HttpRequest, row: Session, officer: OfficerContext) -> Actor:
    """Return the officer as the trail keeps them, by value."""
    return Actor(
        id=officer.id,
        name=officer.name,
        area=", ".join([*officer.forces, *officer.areas, *officer.establishments]),
        role=", ".join(officer.roles),
        session_hash=row.pk,
        ip=request.META.get("REMOTE_ADDR", ""),
        device=request.headers.get("User-Agent", ""),
        request_id=request_number(),
    )


@cache
def _is_about_a_person(field_name: str) -> bool:
    label, _, column = field_name.rpartition(".")
    opened = apps.get_model(label)._meta.get_field(column)
    return label == PERSON or getattr(opened, "subject_attname", "") == PERSON_COLUMN


def _object(kwargs: Mapping[str, Any]) -> tuple[str, str]:
    """Return what the address names: `offender_id=…` is the offender of that number."""
    for key, value in kwargs.items():
        if key.endswith("_id"):
            return key.removesuffix("_id"), str(value)
    return "", ""
