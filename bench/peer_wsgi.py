"""The peers of the morning's load as gunicorn serves them: `one_query` or `twin`, as JTRACK_BENCH_PEER says."""

import os
from importlib import import_module

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

# Sets Django up; the middleware it loads is not used.
get_wsgi_application()


def _one_query() -> WSGIHandler:
    settings.MIDDLEWARE, settings.ROOT_URLCONF = ["django.middleware.common.CommonMiddleware"], "bench.one_query"
    return WSGIHandler()


def _twin() -> WSGIHandler:
    timing = import_module("bench.page_timing")
    return timing.twin_for_good()  # type: ignore[no-any-return]  # imported late, once Django is set up


application = {"one_query": _one_query, "twin": _twin}[os.environ["JTRACK_BENCH_PEER"]]()
