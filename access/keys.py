"""Looks up the numbers by which rows and officers meet."""

from __future__ import annotations

from collections.abc import Iterable

from access.models import VisibilityKey

REVIEW_DESK = "desk"


def key_ids(kind: str, codes: Iterable[str]) -> dict[str, int]:
    """Return the key number of each code that has one; unknown codes are left out."""
    found = VisibilityKey.objects.filter(kind=kind, code__in=set(codes))
    return dict(found.values_list("code", "id"))


def load_keys(kind: str, codes: Iterable[str]) -> int:
    """Create the keys that are missing and return how many those were."""
    wanted = set(codes)
    missing = wanted - key_ids(kind, wanted).keys()
    keys = [VisibilityKey(kind=kind, code=code) for code in sorted(missing)]
    VisibilityKey.objects.bulk_create(keys, ignore_conflicts=True)
    return len(keys)
