"""A client of the broker for looking at it: it gives up at once, because a doorbell may be away."""

from functools import cache
from typing import Any, Final
from urllib.parse import urlparse

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

OPTIONS: Final[dict[str, Any]] = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "retry": Retry(NoBackoff(), 0),
}


@cache
def broker() -> redis.Redis:
    """Return the client; its methods raise redis.RedisError within half a second when the broker is away."""
    url = urlparse(settings.CELERY_BROKER_URL)
    if url.scheme == "redis+socket":
        return redis.Redis(unix_socket_path=url.path, **OPTIONS)
    return redis.Redis.from_url(settings.CELERY_BROKER_URL, **OPTIONS)
