"""The system checks find each way of breaking the vault's rules, and pass what keeps them."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.apps import AppConfig, apps
from django.apps.registry import Apps
from django.conf import settings
from django.db import models
from django.test import override_settings
from django_cryptography.fields import encrypt

from tests.vault.example import Alias, Person
from vault.checks import check_key_files, check_models, faults_of, ordered_by_sealed, sealed_names
from vault.fields import SealedCharField, SealedDateField
from vault.keyring import generate


def a_model(*, meta: dict[str, Any] | None = None, **attributes: Any) -> type[models.Model]:
    """Return a model that differs from a good one in what is given."""
    inner = type("Meta", (), {"apps": Apps(), "app_label": "example", **(meta or {})})
    good = {
        "id": models.UUIDField(primary_key=True, default=uuid.uuid4),
        "surname": SealedCharField(label="example.surname", max_length=10),
        "Meta": inner,
        "__module__": __name__,
        "__str__": lambda _: "",
    }
    return type("Made", (models.Model,), {**good, **attributes})


def fault_ids(*every_model: type[models.Model]) -> list[str | None]:
    return [fault.id for fault in faults_of(every_model)]


def test_the_example_models_keep_the_rules() -> None:
    assert faults_of([Person, Alias]) == []


def test_the_site_keeps_the_rules() -> None:
    assert check_models() == []


def test_one_label_on_two_columns_is_found() -> None:
    faults = faults_of([a_model(forename=SealedCharField(label="example.surname", max_length=10))])

    assert [fault.id for fault in faults] == ["vault.E001"]
    assert "example.made.forename, example.made.surname" in faults[0].msg


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(SealedCharField(label="", max_length=10), id="no label"),
        pytest.param(SealedCharField(label="x" * 256, max_length=10), id="a label of 256 bytes"),
        pytest.param(SealedCharField(label="x", purpose="photos", max_length=10), id="an unknown purpose"),
    ],
)
def test_a_label_or_purpose_that_cannot_work_is_found(field: Any) -> None:
    assert fault_ids(a_model(surname=field)) == ["vault.E001"]


def test_a_bare_encrypted_field_is_found() -> None:
    assert fault_ids(a_model(forename=encrypt(models.CharField(max_length=10)))) == ["vault.E002"]


@pytest.mark.parametrize(
    "meta",
    [
        pytest.param({"ordering": ["-surname"]}, id="ordering"),
        pytest.param({"unique_together": [("id", "surname")]}, id="unique together"),
        pytest.param({"indexes": [models.Index(fields=["surname"], name="i")]}, id="index"),
        pytest.param({"constraints": [models.UniqueConstraint(fields=["surname"], name="c")]}, id="constraint"),
        pytest.param({"get_latest_by": "surname"}, id="latest"),
        pytest.param({"get_latest_by": ["id", "-surname"]}, id="latest by several"),
    ],
)
def test_comparing_by_a_sealed_field_in_the_database_is_found(meta: dict[str, Any]) -> None:
    assert fault_ids(a_model(meta=meta)) == ["vault.E003"]


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(SealedCharField(label="x", max_length=10, unique=True), id="unique"),
        pytest.param(SealedCharField(label="x", max_length=10, db_index=True), id="indexed"),
        pytest.param(SealedCharField(label="x", max_length=10, db_default=""), id="default in the database"),
        pytest.param(SealedDateField(label="x", auto_now=True), id="set on every save"),
    ],
)
def test_an_option_that_means_nothing_on_sealed_values_is_found(field: Any) -> None:
    found: Any = a_model(surname=field)._meta.get_field("surname")

    assert [fault.id for fault in found.check()] == ["vault.E003"]


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param({"sealed_row": "nothing"}, id="no such attribute"),
        pytest.param({"sealed_row": "surname"}, id="itself sealed"),
        pytest.param({"sealed_row": "other", "other": models.UUIDField(null=True)}, id="may be null"),
        pytest.param({"sealed_row": "person", "person_id": models.UUIDField()}, id="not an attname"),
    ],
)
def test_a_row_without_a_value_before_saving_is_found(attributes: dict[str, Any]) -> None:
    assert fault_ids(a_model(**attributes)) == ["vault.E004"]


def test_an_automatic_number_is_neither_row_nor_subject() -> None:
    assert fault_ids(a_model(id=models.BigAutoField(primary_key=True))) == ["vault.E004", "vault.E005"]


def test_a_subject_that_is_no_uuid_is_found() -> None:
    assert fault_ids(a_model(sealed_subject="rank", rank=models.IntegerField())) == ["vault.E005"]


def test_a_foreign_key_may_name_row_and_subject() -> None:
    made = Apps()
    owner = a_model(meta={"apps": made})
    meta = type("Meta", (), {"apps": made, "app_label": "example"})
    owned = type(
        "Owned",
        (models.Model,),
        {
            "id": models.UUIDField(primary_key=True, default=uuid.uuid4),
            "owner": models.ForeignKey(owner, on_delete=models.PROTECT),
            "notes": SealedCharField(label="example.notes", max_length=10),
            "sealed_row": "owner_id",
            "sealed_subject": "owner_id",
            "Meta": meta,
            "__module__": __name__,
            "__str__": lambda _: "",
        },
    )

    assert fault_ids(owner, owned) == []


def test_a_key_file_open_to_others_is_an_error(tmp_path: Path) -> None:
    generate(tmp_path)
    (tmp_path / "fields.1").chmod(0o644)

    with override_settings(KEYS_DIRECTORY=tmp_path):
        faults = check_key_files()

    assert [fault.id for fault in faults] == ["vault.E006"]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param('People.order_by("surname")', ["page.py:1: order_by('surname')"], id="sorted"),
        pytest.param('people.order_by("id", "-surname")', ["page.py:1: order_by('-surname')"], id="sorted down"),
        pytest.param('x.order_by("offender__surname")', ["page.py:1: order_by('offender__surname')"], id="joined"),
        pytest.param('x.distinct("surname")', ["page.py:1: distinct('surname')"], id="distinct"),
        pytest.param('x.aggregate(Max("surname"))', ["page.py:1: Max('surname')"], id="greatest"),
        pytest.param('x.order_by(F("surname").desc())', ["page.py:1: order_by('surname')"], id="an expression"),
        pytest.param('x.order_by("id")\ny("surname")', [], id="something else"),
        pytest.param("(lambda: x)()", [], id="a call without a name"),
    ],
)
def test_a_query_that_sorts_by_a_sealed_field_is_found(tmp_path: Path, source: str, found: list[str]) -> None:
    page = tmp_path / "page.py"
    page.write_text(source)

    assert ordered_by_sealed([page], names=frozenset({"surname"})) == found


def test_no_query_of_the_site_sorts_by_a_sealed_field() -> None:
    sources = [
        path for config in apps.get_app_configs() if _is_ours(config) for path in Path(config.path).rglob("*.py")
    ]

    assert len(sources) > 20
    assert ordered_by_sealed(sources, names=sealed_names()) == []


def _is_ours(config: AppConfig) -> bool:
    return Path(config.path).parent == Path(settings.ROOT)


def test_a_name_that_is_sealed_nowhere_is_not_guarded() -> None:
    assert "password" not in sealed_names()
