"""The worker's jobs on alerts: thin doors to the functions that do the work."""

from celery import shared_task

from access.clock import now
from audit.trail import SERVICE, acting_as
from custody.alerting import deliver_settled, raise_timed
from custody.escalation import escalate
from custody.notifications import send_mail


@shared_task(name="custody.alerts")
def alerts_task() -> None:
    """Raise what time owes, tell what has settled, pass on what nobody acknowledged. Twice does no harm."""
    with acting_as(SERVICE, because="alerts by the clock"):
        raise_timed(now())
        deliver_settled(now())
        escalate(now())


@shared_task(name="custody.mail")
def mail_task() -> None:
    """Send what waits in the outbox. Twice does no harm."""
    with acting_as(SERVICE, because="mail to officers"):
        send_mail(now())
