"""The web process's entrance for gunicorn."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from jtrack.metrics.entrance import answer, count_into_files
from vault.harden import harden
from vault.opened import insist_on_recording

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jtrack.settings")
os.environ.setdefault("JTRACK_PROCESS", "web")

# Before Django loads what counts.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = count_into_files("web")
application = get_wsgi_application()
# Not a setting of the server but of the site: whatever serves it, these refuse first.
import_module("jtrack.checks").refuse_unsafe_start()
insist_on_recording()
harden()
answer("web")
