"""Tells alerts to the officers of their area: one receipt for each, and a line in the outbox for the mail.

All in the caller's transaction: what is told and what is to be mailed stand or fall together.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from custody.alert_kinds import URGENT
from custody.alert_models import AlertHop, Notice

LONDON: Final = ZoneInfo("Europe/London")
DEFAULT_DIGEST_HOUR: Final = 7
ROLES: Final = ("area_officer", "area_supervisor")
# Grants stand by the database's own clock: the clock that can be set is none of theirs.
POSTS: Final = """
posts AS MATERIALIZED (
    SELECT DISTINCT g.officer_id, coalesce(g.area_id, ar.code) AS area_code
      FROM access_grant g LEFT JOIN access_area ar ON g.area_id IS NULL AND ar.force_id = g.force_id
     WHERE g.role = ANY (%(roles)s)
       AND g.starts_at <= clock_timestamp() AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
), wishes AS MATERIALIZED (
    SELECT DISTINCT ON (officer_id) officer_id, kinds_off, by_mail, digest_hour
      FROM custody_alertsetting ORDER BY officer_id, id DESC
)
"""
# Of an occasion that concerns two areas of one officer, the officer is told once: as managing area first.
TELL: Final = f"""
WITH {POSTS}, picked AS (
    SELECT DISTINCT ON (a.offender_id, a.occasion, p.officer_id) a.id AS alert_id, p.officer_id, a.late
      FROM custody_alert a
      JOIN posts p ON p.area_code = a.area_code
      LEFT JOIN wishes w ON w.officer_id = p.officer_id
     WHERE a.id = ANY (%(alerts)s) AND a.withdrawn_at IS NULL AND (a.late OR a.delivered_at IS NOT NULL)
       AND (%(against_wishes)s OR NOT a.kind = ANY (coalesce(w.kinds_off, '{{}}')))
       AND NOT EXISTS (
           SELECT FROM custody_alert o JOIN custody_alertreceipt r ON r.alert_id = o.id
            WHERE o.offender_id = a.offender_id AND o.occasion = a.occasion AND o.withdrawn_at IS NULL
              AND o.id <> a.id AND r.officer_id = p.officer_id)
     ORDER BY a.offender_id, a.occasion, p.officer_id, a.side, a.area_code
), told AS (
    INSERT INTO custody_alertreceipt (id, alert_id, officer_id, told_at)
    SELECT gen_random_uuid(), alert_id, officer_id, CASE WHEN late THEN NULL ELSE %(now)s END FROM picked
    ON CONFLICT (alert_id, officer_id) DO UPDATE SET told_at = EXCLUDED.told_at
     WHERE custody_alertreceipt.told_at IS NULL AND EXCLUDED.told_at IS NOT NULL
    RETURNING alert_id, officer_id, told_at
)
SELECT t.officer_id, a.kind = ANY (%(urgent)s), w.digest_hour,
       coalesce(w.by_mail, true) AND o.email <> '', count(*)
  FROM told t
  JOIN custody_alert a ON a.id = t.alert_id
  JOIN access_officer o ON o.id = t.officer_id
  LEFT JOIN wishes w ON w.officer_id = t.officer_id
 WHERE t.told_at IS NOT NULL
 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2
"""  # noqa: S608 – the part put in is the constant above
UNTELL: Final = f"""
WITH {POSTS}, untold AS (
    UPDATE custody_alertreceipt SET withdrawal_told_at = %(now)s
     WHERE alert_id = ANY (%(alerts)s) AND told_at IS NOT NULL AND withdrawal_told_at IS NULL
    RETURNING officer_id
)
SELECT u.officer_id, true, w.digest_hour, coalesce(w.by_mail, true) AND o.email <> '', count(*)
  FROM untold u JOIN access_officer o ON o.id = u.officer_id LEFT JOIN wishes w ON w.officer_id = u.officer_id
 GROUP BY 1, 2, 3, 4 ORDER BY 1
"""  # noqa: S608 – the part put in is the constant above
# Everybody of the area in these roles, whether they were told before or not.
ADDRESSED: Final = f"""
WITH {POSTS}
SELECT p.officer_id, true, w.digest_hour, coalesce(w.by_mail, true) AND o.email <> '', count(DISTINCT a.id)
  FROM custody_alert a
  JOIN posts p ON p.area_code = a.area_code
  JOIN access_officer o ON o.id = p.officer_id
  LEFT JOIN wishes w ON w.officer_id = p.officer_id
 WHERE a.id = ANY (%(alerts)s)
 GROUP BY 1, 2, 3, 4 ORDER BY 1
"""  # noqa: S608 – the part put in is the constant above
# A mail that nobody has claimed counts on; a claimed one is closed, and another is opened beside it.
OUTBOX: Final = """
INSERT INTO custody_notice (id, officer_id, kind, items, made_at, due_at, fence, attempts)
SELECT gen_random_uuid(), officer_id, kind, items, %(now)s, due_at, 0, 0
  FROM unnest(%(officers)s::uuid[], %(kinds)s::text[], %(items)s::int[], %(due)s::timestamptz[])
       AS line (officer_id, kind, items, due_at)
 ORDER BY officer_id, kind
ON CONFLICT (officer_id, kind) WHERE claimed_at IS NULL
DO UPDATE SET items = custody_notice.items + EXCLUDED.items
"""


class Told(NamedTuple):
    """How many alerts an officer was just told of, and how they want to hear of it."""

    officer_id: UUID
    is_urgent: bool
    digest_hour: int | None
    by_mail: bool
    alerts: int


def tell(alert_ids: Collection[UUID], *, now: datetime) -> int:
    """Give each recipient of the alerts a receipt and an open mail; return how many were told now.

    Saying it twice tells nobody twice. A late alert's recipients are written down and not told.
    """
    told = _told(TELL, alert_ids, now=now)
    _write_outbox(
        ((one, Notice.Kind.URGENT if one.is_urgent else Notice.Kind.DIGEST) for one in told),
        now=now,
    )
    return sum(one.alerts for one in told)


def tell_withdrawal(alert_ids: Collection[UUID], *, now: datetime) -> int:
    """Tell everybody who got the alerts, and nobody else, that they were withdrawn; return how many were told."""
    told = _told(UNTELL, alert_ids, now=now)
    _write_outbox(((one, Notice.Kind.WITHDRAWN) for one in told), now=now)
    return sum(one.alerts for one in told)


def pass_on(alert_ids: Collection[UUID], *, level: AlertHop.Level, now: datetime) -> None:
    """Tell the next level of alerts that nobody acknowledged, whatever kinds they switched off."""
    roles = ("area_supervisor",) if level == AlertHop.Level.SUPERVISOR else ROLES
    _told(TELL, alert_ids, now=now, roles=roles, against_wishes=True)
    addressed = _told(ADDRESSED, alert_ids, now=now, roles=roles)
    _write_outbox(((one, Notice.Kind.ESCALATED) for one in addressed), now=now)


def next_digest(now: datetime, hour: int | None) -> datetime:
    """Return when the officer's digest goes out next, in UK time."""
    local = now.astimezone(LONDON)
    today = datetime.combine(local.date(), time(DEFAULT_DIGEST_HOUR if hour is None else hour), LONDON)
    return today if today > now else datetime.combine(local.date() + timedelta(days=1), today.time(), LONDON)


def _told(
    statement: str,
    alert_ids: Collection[UUID],
    *,
    now: datetime,
    roles: Collection[str] = ROLES,
    against_wishes: bool = False,
) -> list[Told]:
    if not alert_ids:
        return []
    values: dict[str, Any] = {
        "alerts": list(alert_ids),
        "roles": list(roles),
        "urgent": sorted(kind.value for kind in URGENT),
        "against_wishes": against_wishes,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Told(*row) for row in cursor.fetchall()]


def _write_outbox(lines: Iterable[tuple[Told, Notice.Kind]], *, now: datetime) -> None:
    mailed = [(one, kind) for one, kind in lines if one.by_mail]
    if not mailed or not settings.EMAIL_HOST:
        return
    values: dict[str, Any] = {
        "officers": [one.officer_id for one, _ in mailed],
        "kinds": [kind.value for _, kind in mailed],
        "items": [one.alerts for one, _ in mailed],
        "due": [next_digest(now, one.digest_hour) if kind == Notice.Kind.DIGEST else now for one, kind in mailed],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(OUTBOX, values)
