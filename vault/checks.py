"""System checks that stop a site whose sealed fields or key files break the vault's rules."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models
from django_cryptography.fields import EncryptedMixin

from vault.fields import SealedMixin, sealed_fields
from vault.keyring import PURPOSES, key_file_faults
from vault.seal import LONGEST_LABEL

ORDERING_CALLS = frozenset({"order_by", "distinct", "latest", "earliest", "Min", "Max"})


@register(Tags.models)
def check_models(app_configs: Sequence[AppConfig] | None = None, **_: Any) -> list[CheckMessage]:
    """Return what is wrong with the sealed fields of the installed models."""
    del app_configs  # labels must be unique over all applications, so that a part alone cannot be checked
    return faults_of(apps.get_models(include_auto_created=True))


@register(Tags.security)
def check_key_files(app_configs: Sequence[AppConfig] | None = None, **_: Any) -> list[CheckMessage]:
    """Return one error for each key file that is damaged or open to others."""
    del app_configs
    return [Error(fault, id="vault.E006") for fault in key_file_faults(settings.KEYS_DIRECTORY)]


def faults_of(every_model: Iterable[type[models.Model]]) -> list[CheckMessage]:
    """Return what is wrong with the sealed fields of these models."""
    found = [model for model in every_model if not model._meta.proxy]
    return list(chain(_shared_labels(found), _bare_fields(found), *map(_model_faults, found)))


def sealed_names() -> frozenset[str]:
    """Return the names that only sealed fields bear among the installed models' fields."""
    fields = [field for model in apps.get_models() for field in model._meta.local_fields]
    return frozenset(
        {field.name for field in fields if isinstance(field, SealedMixin)}
        - {field.name for field in fields if not isinstance(field, SealedMixin)}
    )


def ordered_by_sealed(sources: Iterable[Path], *, names: frozenset[str]) -> list[str]:
    """Return "file:line: call" for each query in the sources that sorts or compares by a sealed field.

    A database that sorts by sealed values sorts by chance; sort in memory, inside scanning().
    Source: security.md 1.4.
    """
    return [fault for path in sources for fault in _ordered_in(path, names)]


def _ordered_in(path: Path, names: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=path.name)):
        if isinstance(node, ast.Call) and _called(node) in ORDERING_CALLS:
            for word in (arg.value for arg in ast.walk(node) if isinstance(arg, ast.Constant)):
                if isinstance(word, str) and word.lstrip("-").rpartition("__")[2] in names:
                    yield f"{path.name}:{node.lineno}: {_called(node)}({word!r})"


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _shared_labels(every_model: list[type[models.Model]]) -> Iterator[CheckMessage]:
    users: dict[str, list[SealedMixin[Any, Any]]] = defaultdict(list)
    for model in every_model:
        for field in sealed_fields(model):
            users[field.label].append(field)
    for label, fields in users.items():
        if len(fields) > 1:
            yield Error(
                f"The label {label!r} is used by {', '.join(sorted(field.record_name for field in fields))}.",
                hint="Give each column a label of its own, or values can be moved between them.",
                id="vault.E001",
            )


def _bare_fields(every_model: list[type[models.Model]]) -> Iterator[CheckMessage]:
    for model in every_model:
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedMixin) and not isinstance(field, SealedMixin):
                yield Error(
                    f"{model._meta.label_lower}.{field.name} is a bare encrypt() field: it unpickles what it reads.",
                    hint="Use a field of vault.fields.",
                    obj=field,
                    id="vault.E002",
                )


def _model_faults(model: type[models.Model]) -> Iterator[CheckMessage]:
    fields = sealed_fields(model)
    for field in fields:
        yield from _field_faults(model, field)
    for name in sorted({field.name for field in fields} & _compared_names(model)):
        yield Error(
            f"{model._meta.label_lower} sorts, indexes or constrains by the sealed field {name!r}.",
            hint="Search by a blind index; sort in memory.",
            obj=model,
            id="vault.E003",
        )


def _field_faults(model: type[models.Model], field: SealedMixin[Any, Any]) -> Iterator[CheckMessage]:
    if not 0 < len(field.label.encode()) <= LONGEST_LABEL or field.purpose not in PURPOSES:
        yield Error(
            f"A sealed field needs a label of 1 to {LONGEST_LABEL} bytes and a known purpose.",
            obj=field,
            id="vault.E001",
        )
    row = _named(model, field.row_attname)
    if row is None or isinstance(row, models.AutoField | SealedMixin) or row.null:
        yield Error(
            f"The row of a sealed field is a field with a value before saving; {field.row_attname!r} is none.",
            hint="Use a UUID primary key made in Python, or name another attribute in `sealed_row`.",
            obj=field,
            id="vault.E004",
        )
    subject = _named(model, field.subject_attname)
    if not isinstance(subject, models.UUIDField):
        yield Error(
            f"The subject of a sealed field is a UUID; {field.subject_attname!r} is none.",
            hint="Name the attribute that says whose value it is in `sealed_subject`.",
            obj=field,
            id="vault.E005",
        )


def _named(model: type[models.Model], attname: str) -> "models.Field[Any, Any] | None":
    """Return the field behind an attribute; of a foreign key, the field that it points to."""
    wanted = model._meta.pk.attname if attname == "pk" else attname
    by_attname = {each.attname: each for each in model._meta.concrete_fields}
    field: models.Field[Any, Any] | None = by_attname.get(wanted)
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


def _compared_names(model: type[models.Model]) -> set[str]:
    """Return the names that the model's Meta sorts, indexes or constrains by, without direction."""
    meta = model._meta
    sets: list[Iterable[Any]] = [meta.ordering or (), *meta.unique_together]
    sets += [index.fields for index in meta.indexes]
    sets += [each.fields for each in meta.constraints if isinstance(each, models.UniqueConstraint)]
    names = {word.lstrip("-") for words in sets for word in words if isinstance(word, str)}
    latest = meta.get_latest_by or ()
    return names | {word.lstrip("-") for word in ([latest] if isinstance(latest, str) else latest)}
