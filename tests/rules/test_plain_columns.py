"""Every plain column of a table about people is known and has a reason; a new one fails here by its name.

Source: security.md 1.6.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from vault.fields import SealedMixin

PERSONAL_APPS = ("offenders", "custody", "feeds", "disclosures", "audit")
# Tables of these apps in which no row is about a person: reference data, and accounts of files as a whole.
NOT_ABOUT_PEOPLE = {
    "custody.AlertSetting",
    "custody.Notice",
    "custody.Establishment",
    "custody.MovementReason",
    "custody.PostcodeDistrict",
    "custody.CalendarLink",
    "feeds.Supplier",
    "feeds.Delivery",
    "feeds.RefusedFile",
    "feeds.FeedIncident",
}
A_NUMBER = "a random number, or a link to one, that means nothing outside"
ROUTING = "row security compares it"
KEYED = "made with a key that is not in the database"
SEALED = "ciphertext under another name: sealed by hand, or to a key of the sender's or the worker's"
WHEN_RECORDED = "when the service or the sender did something"
HOW = "how the service works: a code, a count or a version, the same for thousands"
CUSTODY = "custody status, event and prison: work lists sort and alert on them in SQL"
RELEASE = "release date and its basis: due lists sort on them in SQL"
STRAND = "PPO strand: lists filter on it"
STAFF = "who of the staff did it, kept for ever"
FAULT = "where and why a row is faulty: names of columns, numbers of lines, shapes, never values"
COMMON = {"id": A_NUMBER, "record_id": A_NUMBER, "delivery_id": A_NUMBER, "visible_to": ROUTING}
FACT = {**COMMON, "valid_at": CUSTODY, "recorded_at": WHEN_RECORDED}

ALLOWED: dict[str, dict[str, str]] = {
    "offenders.Offender": {"id": A_NUMBER, "visible_to": ROUTING, "created_at": WHEN_RECORDED},
    "offenders.RecordLink": {
        **COMMON,
        "offender_id": A_NUMBER,
        "feed": HOW,
        "rule": HOW,
        "model": HOW,
        "weight": HOW,
        "decided_by": STAFF,
        "created_at": WHEN_RECORDED,
        "ended_at": WHEN_RECORDED,
    },
    "offenders.PersonalDetails": FACT,
    "offenders.Identifier": {**FACT, "kind": HOW, "index": KEYED},
    "offenders.Address": {**FACT, "kind": HOW},
    "offenders.SchemeMembership": {**FACT, "strand": STRAND},
    "offenders.Supersession": {
        "fact_id": A_NUMBER,
        "record_id": A_NUMBER,
        "delivery_id": A_NUMBER,
        "recorded_at": WHEN_RECORDED,
        "because": HOW,
        "visible_to": ROUTING,
    },
    "offenders.Profile": {"offender_id": A_NUMBER, "strand": STRAND, "digest": KEYED, "visible_to": ROUTING},
    "custody.CustodyStatement": {
        **FACT,
        "custody_status": CUSTODY,
        "establishment_code": CUSTODY,
        "first_received_on": CUSTODY,
        "last_seen_at": CUSTODY,
    },
    "custody.Movement": {
        **FACT,
        "movement_type": CUSTODY,
        "direction": CUSTODY,
        "precision": CUSTODY,
        "establishment_code": CUSTODY,
        "learned_at": WHEN_RECORDED,
    },
    "custody.ReleaseDate": {**FACT, "date_type": RELEASE, "date": RELEASE, "basis": RELEASE},
    "custody.CustodyEvent": {
        **COMMON,
        "offender_id": A_NUMBER,
        "kind": CUSTODY,
        "key": KEYED,
        "occurred_at": CUSTODY,
        "precision": CUSTODY,
        "from_establishment": CUSTODY,
        "to_establishment": CUSTODY,
        "old_date": RELEASE,
        "new_date": RELEASE,
        "certainty": RELEASE,
        "before_tracking": CUSTODY,
        "learned_at": WHEN_RECORDED,
        "recorded_at": WHEN_RECORDED,
        "withdrawn_at": WHEN_RECORDED,
        "withdrawn_by": A_NUMBER,
    },
    "custody.CustodyState": {
        "offender_id": A_NUMBER,
        "visible_to": ROUTING,
        "digest": KEYED,
        **dict.fromkeys(
            (
                *("whereabouts", "establishment_code", "since", "in_custody_since", "unconfirmed_since"),
                *("released_at", "last_event_kind", "last_event_at"),
            ),
            CUSTODY,
        ),
        **dict.fromkeys(
            ("release_date", "release_date_type", "certainty", "eligible_date", "eligible_date_type"), RELEASE
        ),
    },
    "custody.Alert": {
        "id": A_NUMBER,
        "offender_id": A_NUMBER,
        "event_id": A_NUMBER,
        "visible_to": ROUTING,
        "key_id": ROUTING,
        "area_code": ROUTING,
        "side": ROUTING,
        "occasion": "a digest of the alert's kind with a random number or with a release date that stands beside it",
        **dict.fromkeys(("kind", "occurred_at", "precision", "from_establishment", "to_establishment"), CUSTODY),
        **dict.fromkeys(("old_date", "new_date", "day_out", "certainty", "escalates"), RELEASE),
        **dict.fromkeys(("learned_at", "raised_at", "settle_until", "delivered_at", "late"), WHEN_RECORDED),
        **dict.fromkeys(("acknowledged_at", "withdrawn_at", "withdrawn_because", "next_hop_at"), WHEN_RECORDED),
        "level": HOW,
    },
    "custody.AlertReceipt": {
        "id": A_NUMBER,
        "alert_id": A_NUMBER,
        "officer_id": STAFF,
        "told_at": WHEN_RECORDED,
        "withdrawal_told_at": WHEN_RECORDED,
    },
    "custody.SavedSearch": {"id": A_NUMBER, "officer_id": STAFF, "query": HOW, "made_at": WHEN_RECORDED},
    "custody.Acknowledgement": {
        "id": A_NUMBER,
        "alert_id": A_NUMBER,
        "offender_id": A_NUMBER,
        "officer_id": STAFF,
        "officer_name": STAFF,
        "at": WHEN_RECORDED,
    },
    "custody.AlertHop": {
        "id": A_NUMBER,
        "alert_id": A_NUMBER,
        "level": HOW,
        "due_at": WHEN_RECORDED,
        "at": WHEN_RECORDED,
    },
    "feeds.DeliveryPiece": {"id": A_NUMBER, "delivery_id": A_NUMBER, "number": HOW, "ciphertext": SEALED},
    "feeds.SourceRecord": {"id": A_NUMBER, "feed": HOW, "supplier_id": HOW, "token": KEYED},
    "feeds.RowVersion": {
        "id": A_NUMBER,
        "record_id": A_NUMBER,
        "delivery_id": A_NUMBER,
        "position": HOW,
        "content_mac": KEYED,
        "stated_mac": KEYED,
    },
    "feeds.SourceToken": {"id": HOW, "record_id": A_NUMBER, "kind": HOW, "token": KEYED},
    "feeds.DeliveryMember": {
        "id": HOW,
        "feed": HOW,
        "supplier_id": HOW,
        "delivery_id": A_NUMBER,
        "token": KEYED,
        "first_seen": WHEN_RECORDED,
        "last_seen": WHEN_RECORDED,
    },
    "feeds.QuarantinedRow": {
        "id": A_NUMBER,
        "delivery_id": A_NUMBER,
        "token": KEYED,
        **dict.fromkeys(("line", "code", "field", "message", "cure"), FAULT),
    },
    "feeds.MatchCase": {
        **COMMON,
        "other_record_id": A_NUMBER,
        "feed": HOW,
        "rule": HOW,
        "opened_at": WHEN_RECORDED,
        "closed_at": WHEN_RECORDED,
    },
    "feeds.Override": {
        "id": A_NUMBER,
        "delivery_id": A_NUMBER,
        "fault_code": FAULT,
        "officer_id": STAFF,
        "officer_name": STAFF,
        "decided_at": WHEN_RECORDED,
    },
    "feeds.ReturnPackage": {
        "delivery_id": A_NUMBER,
        "rows": HOW,
        "ciphertext": SEALED,
        "made_at": WHEN_RECORDED,
    },
    "feeds.OverlapCount": {
        "id": HOW,
        "delivery_id": A_NUMBER,
        "feeds": HOW,
        "known_before": HOW,
        "people": HOW,
        "digest": KEYED,
    },
    "audit.Event": {
        **dict.fromkeys(("id", "request_id", "people", "object_id", "delivery_id", "disclosure_id"), A_NUMBER),
        **dict.fromkeys(("at", "xid", "written_at", "writer", "writer_seq"), WHEN_RECORDED),
        **dict.fromkeys(("category", "code", "outcome", "reason_code", "object_type", "fields", "result_count"), HOW),
        **dict.fromkeys(("actor_id", "actor_name", "actor_area", "actor_role", "ip", "device"), STAFF),
        **dict.fromkeys(("session_hash", "mac"), KEYED),
        **dict.fromkeys(("reason_sealed", "terms_sealed"), SEALED),
    },
}


def tables() -> Iterator[type[models.Model]]:
    for app in PERSONAL_APPS:
        yield from apps.get_app_config(app).get_models(include_auto_created=True)


def plain_columns(table: type[models.Model]) -> set[str]:
    return {field.attname for field in table._meta.concrete_fields if not isinstance(field, SealedMixin)}


@pytest.mark.parametrize("table", [*tables()], ids=lambda table: table._meta.label)
def test_plain_columns_are_those_with_a_reason(table: type[models.Model]) -> None:
    if table._meta.label in NOT_ABOUT_PEOPLE:
        return
    allowed = ALLOWED.get(table._meta.label, {})

    assert sorted(plain_columns(table) - allowed.keys()) == [], f"seal them, or give a reason in {__name__}"
    assert sorted(allowed.keys() - plain_columns(table)) == [], "no longer there, or sealed by now"


def test_every_listed_table_exists() -> None:
    assert NOT_ABOUT_PEOPLE | ALLOWED.keys() == {table._meta.label for table in tables()}


def test_new_plain_column_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    table = apps.get_model("offenders", "Profile")
    column = models.CharField(max_length=9)
    column.set_attributes_from_name("shoe_size")
    monkeypatch.setattr(table._meta, "concrete_fields", [*table._meta.concrete_fields, column])

    with pytest.raises(AssertionError, match="shoe_size"):
        test_plain_columns_are_those_with_a_reason(table)
