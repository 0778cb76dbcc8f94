"""The Celery application and the timetable of regular jobs."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jtrack.settings")
os.environ.setdefault("JTRACK_PROCESS", "worker")

app = Celery("jtrack")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
