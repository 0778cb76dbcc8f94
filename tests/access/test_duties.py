"""Stored codes of duties and places are shown in words."""

import pytest

from access.templatetags.jtrack_duties import duties, places

DUTIES = {
    "one role": ("area_officer", "Area officer"),
    "two roles": ("area_officer, feed_operator", "Area officer, Feed operator"),
    "a role that is no more": ("old_duty", "old_duty"),
    "the service itself": ("", ""),
}


@pytest.mark.parametrize(("stored", "shown"), DUTIES.values(), ids=DUTIES)
def test_roles_are_shown_by_name(stored: str, shown: str) -> None:
    assert duties(stored) == shown


@pytest.mark.django_db
def test_areas_are_shown_by_name() -> None:
    assert places("00DA, 00CX") == "Leeds, Bradford"
