"""Measurements of ways that were weighed against each other: `make bench`."""

import os

# Read before any measured package is imported.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jtrack.settings")
