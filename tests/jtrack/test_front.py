"""The front door knows a morning for everybody."""

from access.roles import ROLES
from jtrack.front import MORNINGS


def test_every_role_has_a_morning() -> None:
    without = [
        role.code for role in ROLES.values() if not any(permission in role.permissions for permission, _ in MORNINGS)
    ]

    assert without == []


def test_every_morning_is_somebodys_first() -> None:
    first = {
        next(view.__name__ for permission, view in MORNINGS if permission in role.permissions)
        for role in ROLES.values()
    }

    assert first == {view.__name__ for _, view in MORNINGS}
