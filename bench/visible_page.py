"""An officer who looks at the morning page until it shows newer data, through the site's own gate and row security."""

import logging
import re
import time
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password

from access.grants import Place
from access.models import Account
from audit.trail import SERVICE, acting_as
from bench.morning_world import session_of
from bench.page_timing import Site
from bench.page_world import PASSWORD, add_officer

LOOK_EVERY_SECONDS: Final = 0.25
# The strip that says of when the data of each feed is.
AGES: Final = re.compile(rb'id="data-age".*?</section>', re.DOTALL)


def watch(area: str, ready: str) -> float:
    """Sign an officer of the area in, say by a file that the page was seen, and return when it showed newer data."""
    # Each look would be a line of the log; the table has the output to itself.
    logging.disable(logging.INFO)
    with acting_as(SERVICE, because="bench"):
        add_officer("watching", make_password(PASSWORD), role="area_officer", place=Place(area=area))
    cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(Account.objects.get(username='watching'))}"
    site = Site(twin=False)
    before = _ages(site, cookie)
    Path(ready).touch()
    while _ages(site, cookie) == before:
        time.sleep(LOOK_EVERY_SECONDS)
    return time.time()


def _ages(site: Site, cookie: str) -> bytes:
    _, body = site.milliseconds("/", cookie)
    found = AGES.search(body)
    if found is None:
        raise SystemExit("bench: the morning page does not say of when its data is")
    return found[0]
