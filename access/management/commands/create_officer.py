"""Door to the making of officers."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from access.grants import Place, create_officer, grant_role
from access.models import Area, Force
from access.roles import ROLES, ForbiddenRolesError
from audit.trail import SERVICE, acting_as


class Command(BaseCommand):
    """Creates an account, its officer and one role; the officer enrols a second factor at first sign-in."""

    help = "Creates an officer with one role. The password is asked for, or read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the officer's names, role and at most one place."""
        parser.add_argument("username")
        parser.add_argument("--name", required=True)
        parser.add_argument("--title", default="")
        parser.add_argument("--email", default="", help="where alerts are announced; a count and a link, never more")
        parser.add_argument("--role", required=True, choices=sorted(ROLES))
        place = parser.add_mutually_exclusive_group()
        place.add_argument("--area", help="four-character area code")
        place.add_argument("--force", help="two-digit force code")
        place.add_argument("--establishment", default="", help="three-letter establishment code")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Create the officer, or say what is wrong."""
        place = Place(area=options["area"], force=options["force"], establishment=options["establishment"])
        if place.area and not Area.objects.filter(pk=place.area).exists():
            raise CommandError("There is no area of that code; see access/reference/csp_areas.csv.")
        if place.force and not Force.objects.filter(pk=place.force).exists():
            raise CommandError("There is no force of that code; see access/reference/police_forces.csv.")
        with acting_as(SERVICE, because="create_officer on the command line"):
            try:
                officer = create_officer(
                    username=options["username"],
                    password=_password(),
                    name=options["name"],
                    title=options["title"],
                    email=options["email"],
                )
                grant_role(officer, role=options["role"], place=place)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            except IntegrityError as error:
                raise CommandError("That user name is taken; choose another.") from error
            except ForbiddenRolesError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"Created 1 officer with 1 role: {ROLES[options['role']].name}.")


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
