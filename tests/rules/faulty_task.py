"""A task that fails with somebody's name in its hands, for the worker of the canary test."""

from uuid import UUID

from celery import shared_task

from offenders.models import Profile


@shared_task(name="tests.fail")
def fail(offender_id: str) -> None:
    """Open a person and raise with the name in the text, as careless code would."""
    profile = Profile.objects.get(pk=UUID(offender_id))
    raise ValueError(f"Invalid name: {profile.surname} {profile.date_of_birth!r}")
