"""The reconciliation statement: every row of a delivery accounted for, in counts only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from feeds.fields import FieldCounts
from feeds.linking import Linking
from feeds.members import Turnover
from feeds.models import Delivery, QuarantinedRow
from feeds.refreshing import Refreshed
from feeds.sources import Reader
from feeds.written import State, Written


class StatementError(Exception):
    """A statement that does not add up; the delivery it is of must not be published."""


@dataclass(slots=True)
class Account:
    """Everything that happened to a delivery's rows."""

    delivery: Delivery
    reader: Reader
    written: Written
    fields: FieldCounts = field(default_factory=FieldCounts)
    quarantine: Sequence[QuarantinedRow] = ()
    turnover: Turnover = field(default_factory=lambda: Turnover(frozenset(), frozenset(), frozenset()))
    linking: Linking = field(default_factory=Linking)
    refreshed: Refreshed = field(default_factory=Refreshed)
    overlaps: dict[tuple[tuple[str, ...], bool], int] = field(default_factory=dict)
    followed_tokens: tuple[set[bytes], set[bytes]] = field(default_factory=lambda: (set(), set()))


def statement_of(account: Account, steps: Sequence[tuple[str, float]]) -> dict[str, Any]:
    """Return the statement of a delivery, as it is kept: counts, no values.

    Raises: StatementError when it does not add up. Source: feeds.md 1.
    """
    written, rows = account.written, account.reader.rows_seen
    entered = written.count(State.NEW)
    new_versions = entered + written.count(State.CHANGED)
    tracked, in_review = (
        sum(written.state_of(token) is not None for token in found) for found in account.followed_tokens
    )
    statement = {
        "rows": rows,
        "control_total": account.delivery.rows,
        "new_versions": new_versions,
        "new_people": entered,
        "changed_people": new_versions - entered,
        "unchanged": written.count(State.SAME),
        "quarantined": len(account.quarantine),
        "duplicates": written.duplicates,
        "accepted": rows - len(account.quarantine) - written.duplicates,
        "tracked": tracked,
        "in_review": in_review,
        "untracked": written.people - tracked - in_review,
        "people": written.people,
        "came": len(account.turnover.came),
        "vanished": len(account.turnover.gone),
        "changed_fields": dict(written.changed_fields.most_common()),
        "linked": len(account.linking.linked),
        "people_created": len(account.linking.new_people),
        "sent_to_review": account.linking.cases_opened,
        "events": dict(sorted(account.refreshed.events.raised.items())),
        "events_withdrawn": account.refreshed.events.withdrawn,
        "alerts": 0,
        "facts": account.refreshed.facts_inserted,
        "facts_superseded": account.refreshed.facts_superseded,
        "rerouted": account.refreshed.rerouted,
        "overlap": [[list(feeds), known, people] for (feeds, known), people in sorted(account.overlaps.items())],
        "mended": dict(account.reader.mended),
        "noted": dict(account.reader.noted),
        "quarantine": _quarantine_by_code(account.quarantine),
        "fields": account.fields.as_told(),
        "steps": [[name, seconds] for name, seconds in steps],
    }
    insist_that_it_adds_up(statement)
    return statement


def insist_that_it_adds_up(statement: dict[str, Any]) -> None:
    """Check both sums of the statement.

    Raises: StatementError naming the sum and both sides. Source: feeds.md 1.
    """
    parts = ("new_versions", "unchanged", "quarantined", "duplicates")
    total = sum(statement[part] for part in parts)
    if total != statement["rows"]:
        raise StatementError(f"rows in file {statement['rows']}, accounted for {total}")
    who = sum(statement[part] for part in ("tracked", "untracked", "in_review"))
    if who != statement["accepted"]:
        raise StatementError(f"accepted rows {statement['accepted']}, people behind them {who}")


def _quarantine_by_code(rows: Sequence[QuarantinedRow]) -> list[dict[str, Any]]:
    counts = Counter(row.code for row in rows)
    first = {row.code: row for row in reversed(rows)}
    return [
        {
            "code": code,
            "rows": count,
            "field": first[code].field,
            "message": first[code].message.partition(": ")[2] or first[code].message,
            "cure": first[code].cure,
            "lines": sorted(row.line for row in rows if row.code == code)[:200],
        }
        for code, count in counts.most_common()
    ]
