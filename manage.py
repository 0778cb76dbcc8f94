#!/usr/bin/env python3
"""Run one of the site's commands, as the database role that the command needs."""

import os
import sys

from django.core.management import execute_from_command_line

OWNER_COMMANDS = frozenset(
    {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "check", "load_reference_data"}
)


def process_for(arguments: list[str]) -> str:
    """Return the JTRACK_PROCESS for a command line: schema and reference data need the owner, all else the worker."""
    command = arguments[1] if len(arguments) > 1 else "help"
    return "migrate" if command in OWNER_COMMANDS else "worker"


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jtrack.settings")
    os.environ.setdefault("JTRACK_PROCESS", process_for(sys.argv))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
