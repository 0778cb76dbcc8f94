"""The Celery application and the timetable of regular jobs."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init, worker_process_init

from vault.harden import harden

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jtrack.settings")
os.environ.setdefault("JTRACK_PROCESS", "worker")

app = Celery("jtrack")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@worker_process_init.connect
def keep_memory_private(**_: object) -> None:
    """Leave no core dump and let no other process of this account read a worker's memory."""
    harden()


# A bell that nobody heard in time is dropped: the next one says the same.
EVERY_MINUTE = {"schedule": 60.0, "options": {"expires": 55}}

app.conf.beat_schedule = {
    "fetch from the drop folder": {"task": "feeds.drop", "schedule": 10.0, "options": {"expires": 9}},
    "publish whatever waits": {"task": "feeds.sweep", **EVERY_MINUTE},
    "watch the feeds' rhythm": {"task": "feeds.watch", "schedule": crontab(minute="5")},
    "erase what is past its time": {"task": "feeds.night", "schedule": crontab(hour="2", minute="10")},
}
