"""Every word that pages use is explained, and every link to a word leads somewhere."""

import re
from collections.abc import Mapping
from enum import Enum

import pytest
from django.template import Context, Template

from access.roles import ROLES
from custody import help_words
from custody.alert_kinds import ALWAYS_ON, AlertKind
from custody.models import Whereabouts
from custody.pages.signs import SIGNS
from custody.release_dates import Certainty, ReleaseDateType
from custody.templatetags.jtrack_help import UnknownWordError, help_link
from jtrack.commands import ROOT
from offenders.models import SchemeMembership
from tests.personas import make_person, signed_in

LISTS: dict[type[Enum], object] = {
    Whereabouts: help_words.STATES,
    Certainty: help_words.CERTAINTIES,
    AlertKind: help_words.ALERTS,
    SchemeMembership.Strand: help_words.STRANDS,
}


@pytest.mark.parametrize("kinds", LISTS, ids=lambda kinds: kinds.__name__)
def test_every_member_has_its_text(kinds: type[Enum]) -> None:
    texts = LISTS[kinds]
    assert isinstance(texts, Mapping)

    assert set(texts) == set(kinds), "write what the new one means in custody/help_words.py"
    assert all(str(text).endswith(".") and len(str(text)) > 15 for text in texts.values())


def test_every_kind_of_date_is_explained() -> None:
    assert {f"date-{kind.value.lower()}" for kind in ReleaseDateType} <= help_words.meanings().keys()


def test_every_state_has_a_sign() -> None:
    assert set(SIGNS) == set(Whereabouts)


def test_no_place_is_there_twice() -> None:
    places = [topic.anchor for topic in help_words.topics()]
    places += [word.anchor for topic in help_words.topics() for word in topic.words]

    assert len(places) == len(set(places))


def test_alerts_that_stay_on_say_so() -> None:
    told = help_words.meanings()

    assert {kind for kind in AlertKind if "Cannot be switched off." in told[f"alert-{kind.value}"].notes} == ALWAYS_ON


def test_link_to_a_word_that_is_not_explained_is_an_error() -> None:
    with pytest.raises(UnknownWordError, match="no place nonsense"):
        help_link("nonsense", "this")


def test_every_link_of_the_templates_leads_to_a_word() -> None:
    linked = set()
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        linked |= set(re.findall(r"{% url 'help' %}#([\w-]+)", text))
        linked |= set(re.findall(r'{% help_(?:link|in_place) "([\w-]+)"', text))

    assert linked
    assert linked <= help_words.anchors()


def test_words_in_place_say_what_the_page_says() -> None:
    written = Template('{% load jtrack_help %}{% help_in_place "certainty" %}').render(Context())

    assert all(meaning in written for meaning in help_words.CERTAINTIES.values())


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_everybody_with_a_role_may_read_help(role: str) -> None:
    page = signed_in(make_person("kim", role)).get("/help/")

    assert page.status_code == 200
    text = page.content.decode()
    assert all(f'id="{anchor}"' in text for anchor in help_words.anchors())


@pytest.mark.django_db
def test_nobody_without_a_role_may() -> None:
    assert signed_in(make_person("kim")).get("/help/").status_code == 404
