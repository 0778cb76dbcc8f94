"""Refuses passwords made of our own words."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from access.models import Force

OWN_WORDS = ("jtrack", "police", "offender", "prolific", "custody", "prison", "password")
LONGEST_SHARE = 0.6
SHORTEST_WORD = 4


class OwnWordsValidator:
    """A password may hold our words, but not be little else.

    Source: security.md A1; NCSC, deny lists with the service's own words.
    """

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:  # noqa: ARG002 - Django's signature
        """Raise ValidationError when our words make up most of the password."""
        rest = password.lower()
        for word in _words():
            rest = rest.replace(word, "")
        if len(rest) < len(password) * (1 - LONGEST_SHARE):
            raise ValidationError(self.get_help_text(), code="password_own_words")

    def get_help_text(self) -> str:
        """Return what to do."""
        return "Choose words that have nothing to do with this service, the police or your force."


def _words() -> list[str]:
    forces = Force.objects.values_list("name", flat=True)
    return [*OWN_WORDS, *(part.lower() for name in forces for part in name.split() if len(part) >= SHORTEST_WORD)]
