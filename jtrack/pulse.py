"""The signs of life of worker and beat: a file each, touched by the loop that does the work.

A loop that hangs, or that waits for a broker that is away, touches nothing; the process alone would look well.
"""

from pathlib import Path
from typing import Any, Final

from celery import bootsteps
from celery.beat import PersistentScheduler
from django.conf import settings

from jtrack.home import private_directory

BEAT_EVERY_SECONDS: Final = 10.0


def pulse_of(name: str) -> Path:
    """Return the file of `worker` or `beat`."""
    return Path(settings.HOME.run / f"{name}.pulse")


class Pulse(bootsteps.StartStopStep):
    """Touches the worker's file from its event loop, as long as the loop is connected and turns."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Any) -> None:
        """Begin when the worker has a connection, again after each that was lost."""
        private_directory(settings.HOME.run)
        pulse_of("worker").touch()
        parent.timer.call_repeatedly(BEAT_EVERY_SECONDS, pulse_of("worker").touch)


class Scheduler(PersistentScheduler):
    """Celery's own scheduler, which touches the beat's file at every turn."""

    def setup_schedule(self) -> None:
        """Open the schedule's file, in a home that may be new."""
        private_directory(settings.HOME.run)
        super().setup_schedule()

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Ring what is due and return the seconds to the next."""
        wait = super().tick(*args, **kwargs)
        pulse_of("beat").touch()
        return wait
