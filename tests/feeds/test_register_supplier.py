"""Who may send what is registered by command, with the sender's own key for rows that go back."""

import base64
import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pyrage
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from feeds.models import Supplier

AsRole = Callable[[str], AbstractContextManager[None]]
PUBLIC = base64.b64encode(bytes(32)).decode()
RECIPIENT = str(pyrage.x25519.Identity.generate().to_public())


@pytest.fixture(autouse=True)
def _as_worker(db_as: AsRole) -> Iterator[None]:
    """Commands run as the worker."""
    with db_as("worker"):
        yield


def register(*arguments: str) -> None:
    """Run the command."""
    call_command("register_supplier", *arguments, stdout=io.StringIO())


def test_key_for_returned_rows_is_kept(db_as: AsRole) -> None:
    register("Invented Prisons", PUBLIC, "prison_roll", "--recipient", f" {RECIPIENT} ")

    assert Supplier.objects.get().recipient == RECIPIENT


def test_registering_again_without_a_key_keeps_the_one_there_is() -> None:
    register("Invented Prisons", PUBLIC, "prison_roll", "--recipient", RECIPIENT)

    register("Invented Prisons", PUBLIC, "prison_roll", "ppo")

    assert (Supplier.objects.get().recipient, Supplier.objects.get().feeds) == (RECIPIENT, ["ppo", "prison_roll"])


@pytest.mark.parametrize(
    "text", ["age1notakey", "AGE-SECRET-KEY-1QQQ", "ssh-ed25519 AAAA"], ids=["misspelt", "secret half", "other kind"]
)
def test_what_is_no_age_key_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="it is not an age public key") as refused:
        register("Invented Prisons", PUBLIC, "prison_roll", "--recipient", text)

    assert text not in str(refused.value)
    assert not Supplier.objects.exists()


def test_suppliers_of_a_file_bring_their_keys(tmp_path: Path) -> None:
    listed = [
        {"name": "One", "public_key": PUBLIC, "feeds": ["ppo"], "recipient": RECIPIENT},
        {"name": "Two", "public_key": PUBLIC, "feeds": ["prison_roll"]},
    ]
    (tmp_path / "suppliers.json").write_text(json.dumps(listed), encoding="utf-8")

    register("--file", str(tmp_path / "suppliers.json"))

    assert dict(Supplier.objects.values_list("name", "recipient")) == {"One": RECIPIENT, "Two": ""}
