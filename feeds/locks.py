"""The advisory locks under which deliveries are published, held to the end of the transaction."""

from typing import Final

from django.db import connection

# One lock for each feed, and one for linking, which looks across all feeds.
LINK_LOCK: Final = 0x6A74_0000
FEED_LOCKS: Final = {"prison_roll": 0x6A74_0001, "ppo": 0x6A74_0002}


def take_lock(key: int) -> None:
    """Wait for a lock and hold it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
