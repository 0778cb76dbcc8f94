"""Every bad file of the corpus is handed in, and what it says is never published."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg2.extensions
import pytest

from audit.trail import SERVICE, acting_as
from feeds import envelope, reading, receiving
from feeds.manifest import EnvelopeError
from feeds.models import Delivery, QuarantinedRow
from feeds.pipeline import import_delivery
from feeds.receiving import receive_delivery
from feeds.statements import shown_statement
from feeds.words import MENDED_WORDS
from tests.feeds.corpus import FILES, TABLE, Case, CorpusDesk, cases
from tests.feeds.make_corpus import made_files
from tests.figures import figure

AsRole = Callable[[str], AbstractContextManager[None]]
World = dict[str, tuple[int, str]]
LIMIT_BYTES = 100
# Kept as stated and counted; nothing is mended.
NOTED = {"bad_pnc", "bad_cro"}
# What each outcome may leave behind; every other table must be as it was, to the byte.
LEFT_BEHIND = {
    "arrival": {"feeds_refusedfile"},
    "refused": {"feeds_delivery", "feeds_deliverypiece"},
    "waiting": {"feeds_delivery", "feeds_deliverypiece"},
    "repeated": set[str](),
    "quarantined": {
        "feeds_delivery",
        "feeds_deliverypiece",
        "feeds_deliverymember",
        "feeds_quarantinedrow",
        "feeds_overlapcount",
        "feeds_returnpackage",
    },
    "mended": {"feeds_delivery", "feeds_deliverypiece", "feeds_deliverymember", "feeds_overlapcount"},
}


@dataclass
class Seen:
    """What became of one file."""

    outcome: str = ""
    code: str = ""
    message: str = ""
    cure: str = ""
    arrival: bool = False
    delivery: Delivery | None = None
    quarantine: list[QuarantinedRow] = field(default_factory=list)


@pytest.fixture
def desk(db_as: AsRole) -> Iterator[CorpusDesk]:
    """Suppliers registered and nothing delivered; the test goes on as the worker."""
    with db_as("worker"):
        yield CorpusDesk()


def test_folder_table_and_maker_name_the_same_files() -> None:
    in_folder = {path.name for path in FILES.iterdir()} - {TABLE.name}

    in_table = {case.name for case in cases()}

    assert in_folder == in_table == set(made_files())


def test_files_are_what_the_maker_makes() -> None:
    changed = [name for name, data in made_files().items() if (FILES / name).read_bytes() != data]

    assert changed == []


def test_every_file_is_named_after_its_code() -> None:
    misnamed = [case.name for case in cases() if case.code and f"-{case.code}-" not in case.name]

    assert misnamed == []


def test_every_mending_has_a_file_and_words_on_the_page() -> None:
    counted = {kind for case in cases() for kind in case.counted}

    assert counted - {"duplicates"} == set(MENDED_WORDS) - NOTED


def test_bad_files_are_refused_or_quarantined_and_nothing_wrong_is_published(
    desk: CorpusDesk, superuser: psycopg2.extensions.connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong: list[str] = []
    outcomes: Counter[str] = Counter()
    published_wrong = 0
    after = world(superuser)

    for case in cases():
        before = after
        with monkeypatch.context() as patch:
            seen = hand_in(case, desk, superuser, patch)
        wrong += [f"{case.name}: {complaint}" for complaint in complaints(case, seen)]
        after = world(superuser)
        changed = spilt(case, seen, before, after)
        if changed:
            published_wrong += 1
            wrong.append(f"{case.name}: changed {', '.join(changed)}")
        outcomes[case.outcome] += 1
        if case.new_versions:
            hand_in(Case("roll-good.dat", "good"), desk, superuser, monkeypatch)
            after = world(superuser)

    figure(
        "T-FEED-BAD",
        files=outcomes.total() - outcomes["good"],
        refused=outcomes["refused"],
        quarantined=outcomes["quarantined"],
        waiting=outcomes["waiting"],
        mended=outcomes["mended"],
        repeated=outcomes["repeated"],
        published_wrong=published_wrong,
    )
    assert not wrong, "\n".join(wrong)


def hand_in(case: Case, desk: CorpusDesk, superuser: psycopg2.extensions.connection, patch: pytest.MonkeyPatch) -> Seen:
    """Receive and import one file as the worker does."""
    text, file = desk.sealed_case(case)
    _lower_the_limits(case, patch)
    with acting_as(SERVICE, because="test"):
        try:
            receipt = receive_delivery(text, [file.sealed], received_by=None)
        except EnvelopeError as fault:
            return Seen("refused", fault.code, f"{fault.place}: {fault.thing}", fault.cure, arrival=True)
        if case.deed == "changed in the database":
            _alter_piece(superuser, receipt.delivery)
        if case.deed == "handed in twice":
            import_delivery(receipt.delivery.pk)
            receipt = receive_delivery(text, [file.sealed], received_by=None)
        delivery = import_delivery(receipt.delivery.pk)
    seen = Seen(delivery.state, delivery.fault_code, delivery.fault_message, delivery.fault_cure, delivery=delivery)
    if receipt.is_repeat:
        seen.outcome = "repeated"
    elif delivery.state == Delivery.State.PUBLISHED:
        _look_into_quarantine(seen)
    return seen


def complaints(case: Case, seen: Seen) -> Iterator[str]:
    """Say in what the outcome is not the expected one."""
    if case.outcome == "good":
        if seen.outcome != "mended":
            yield f"was not published: {seen.code} {seen.message}"
        return
    if (seen.outcome, seen.code) != (case.outcome, case.code):
        yield f"expected {case.outcome} {case.code}, was {seen.outcome} {seen.code}: {seen.message}"
        return
    is_told = bool(case.says and case.cure) or not case.code
    if not is_told or case.says not in seen.message or case.cure not in seen.cure:
        yield f"says “{seen.message}” and “{seen.cure}”"
    lines = sorted(row.line for row in seen.quarantine)
    if seen.quarantine and (
        case.line not in lines or any(f"line {row.line}:" not in row.message for row in seen.quarantine)
    ):
        yield f"is in quarantine for lines {lines}"
    if case.outcome == "mended":
        yield from _complaints_of_count(case, seen)


def _complaints_of_count(case: Case, seen: Seen) -> Iterator[str]:
    assert seen.delivery is not None
    assert seen.delivery.statement is not None
    statement = seen.delivery.statement
    counted = +Counter({**statement["mended"], "duplicates": statement["duplicates"]})
    if counted != case.counted or statement["new_versions"] != case.new_versions:
        yield f"counted {dict(counted)}, new versions {statement['new_versions']}"
    shown = shown_statement(statement).mended
    told = {kind: f"{count} {MENDED_WORDS[kind]}" for kind, count in case.counted.items() if kind in MENDED_WORDS}
    if unseen := [kind for kind, words in told.items() if words not in shown]:
        yield f"does not show {', '.join(unseen)} on its page"


def spilt(case: Case, seen: Seen, before: World, after: World) -> list[str]:
    """Return the tables that the file changed and had no business to."""
    allowed = LEFT_BEHIND["arrival" if seen.arrival else seen.outcome]
    if case.outcome == "good" or (case.deed == "handed in twice" and seen.outcome == "repeated"):
        return []
    if case.new_versions:
        allowed = {*allowed, "feeds_rowversion"}
    return [name for name in before if before[name] != after[name] and name not in allowed]


def world(superuser: psycopg2.extensions.connection) -> World:
    """Return the number of rows and a digest of every table but the audit's and the reference data."""
    with closing(superuser.cursor()) as cursor:
        cursor.execute(
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND relname NOT LIKE 'audit%' AND relname NOT IN"
            " (SELECT relname FROM pg_class WHERE relnamespace = 'baseline'::regnamespace)"
        )
        names = [name for (name,) in cursor.fetchall()]
        parts = " UNION ALL ".join(
            f"SELECT '{name}', count(*), coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '')"
            f' FROM public."{name}" t'
            for name in names
        )
        cursor.execute(parts)
        return {name: (rows, digest) for name, rows, digest in cursor.fetchall()}


def _look_into_quarantine(seen: Seen) -> None:
    assert seen.delivery is not None
    seen.quarantine = list(seen.delivery.quarantine.order_by("line"))
    seen.outcome = "quarantined" if seen.quarantine else "mended"
    codes = {row.code for row in seen.quarantine}
    if seen.quarantine:
        last = seen.quarantine[-1]
        seen.code, seen.message, seen.cure = " ".join(sorted(codes)), f"{last.field}: {last.message}", last.cure


def _lower_the_limits(case: Case, patch: pytest.MonkeyPatch) -> None:
    if case.deed == "sealed file too large":
        patch.setattr(receiving, "MAX_BYTES", LIMIT_BYTES)
    if case.deed == "plaintext too large":
        patch.setattr(reading, "open_sealed", partial(envelope.open_sealed, most_bytes=LIMIT_BYTES))


def _alter_piece(superuser: psycopg2.extensions.connection, delivery: Delivery) -> None:
    with closing(superuser.cursor()) as cursor:
        values: list[Any] = [str(delivery.pk)]
        cursor.execute(
            "UPDATE feeds_deliverypiece SET ciphertext = set_byte(ciphertext, 300, 255 - get_byte(ciphertext, 300))"
            " WHERE delivery_id = %s",
            values,
        )
