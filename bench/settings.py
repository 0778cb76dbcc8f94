"""The site's settings with what only the measurements need: plain tables in a database of their own."""

from jtrack.roles import SUPERUSER, password
from jtrack.settings import *  # noqa: F403 - settings extend settings
from jtrack.settings import DATABASE_ROUTERS, DATABASES, HOME, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
# What is measured beside us knows no roles and no row security, so its tables lie in another database, where
# nothing of the product looks and no check of the product's finds an open table.
PLAIN = "plain"
DATABASES = {
    **DATABASES,
    PLAIN: {
        **DATABASES["default"],
        "USER": SUPERUSER,
        "PASSWORD": password(HOME.passwords, SUPERUSER),
        "NAME": "plain",
    },
}
DATABASE_ROUTERS = ["bench.routers.PlainRouter", *DATABASE_ROUTERS]
