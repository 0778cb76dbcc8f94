"""The closed list of what can be recorded, each under one of the words of the law."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """The six words of section 62 of the Data Protection Act 2018, and two of our own."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    SECURITY = "security"
    ADMIN = "admin"


class Outcome(StrEnum):
    """How an attempt ended."""

    OK = "ok"
    DENIED = "denied"
    ERROR = "error"


class Code(StrEnum):
    """What happened. The stored word is permanent; the description may be bettered."""

    category: Category
    description: str

    def __new__(cls, value: str, category: Category = Category.ADMIN, description: str = "") -> Code:
        """Attach the category and the description to the stored word."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.category = category
        member.description = description
        return member

    SIGN_IN = "sign_in.ok", Category.SECURITY, "Signed in"
    SIGN_IN_FAILED = "sign_in.fail", Category.SECURITY, "Sign-in failed"
    SIGN_IN_LOCKED = "sign_in.lockout", Category.SECURITY, "Sign-in locked"
    SIGN_OUT = "sign_out", Category.SECURITY, "Signed out"
    SESSION_TIMED_OUT = "session.timeout", Category.SECURITY, "Session ended by time"
    REAUTHENTICATED = "reauthenticate.ok", Category.SECURITY, "Confirmed identity again"
    FACTOR_ADDED = "factor.add", Category.SECURITY, "Second factor added"
    FACTOR_FAILED = "factor.fail", Category.SECURITY, "Second factor refused"
    ACCOUNT_VIEW = "account.view", Category.SECURITY, "Looked at own account"
    KEY_ROTATED = "key.rotate", Category.SECURITY, "Key rotated"

    ACCOUNT_CREATED = "account.create", Category.ADMIN, "Account created"
    ACCOUNT_DISABLED = "account.disable", Category.ADMIN, "Account disabled"
    GRANT_MADE = "grant.make", Category.ADMIN, "Role granted"
    GRANT_ENDED = "grant.end", Category.ADMIN, "Role ended"
    SERVICE_STARTED = "service.start", Category.ADMIN, "Service started"
    SUPPLIER_REGISTERED = "supplier.register", Category.ADMIN, "Supplier registered"
    CALENDAR_LINK = "calendar.link", Category.ADMIN, "Looked at own calendar link"
    CALENDAR_LINK_MADE = "calendar.link.make", Category.ADMIN, "Calendar link made"
    CALENDAR_LINK_ENDED = "calendar.link.end", Category.ADMIN, "Calendar link ended"
    ALERT_SETTINGS = "alerts.settings", Category.ADMIN, "Looked at or changed own alert settings"
    HELP_VIEW = "help.view", Category.ADMIN, "Looked at help"
    ALERT_SETTINGS_CHANGED = "alert.settings", Category.ADMIN, "Chose how to be told of alerts"
    DELIVERIES_VIEW = "deliveries.view", Category.ADMIN, "Looked at deliveries"
    DELIVERY_VIEW = "delivery.view", Category.ADMIN, "Looked at a delivery"

    DELIVERY_RECEIVED = "delivery.receive", Category.COLLECTION, "Delivery received"
    DELIVERY_PUBLISHED = "delivery.publish", Category.COLLECTION, "Delivery published"
    DELIVERY_HELD = "delivery.hold", Category.COLLECTION, "Delivery held"
    DELIVERY_REFUSED = "delivery.refuse", Category.COLLECTION, "Delivery refused"
    DELIVERY_OVERRULED = "delivery.overrule", Category.COLLECTION, "Held delivery overruled"
    ROWS_RETURNED = "rows.return", Category.DISCLOSURE, "Quarantined rows downloaded, sealed to the sender"
    FEED_LATE = "feed.late", Category.ADMIN, "Feed late"
    DELIVERY_REPEATED = "delivery.repeat", Category.COLLECTION, "Delivery seen before"

    MORNING_VIEW = "morning.view", Category.CONSULTATION, "Looked at the morning page"
    CASELOAD_VIEW = "caseload.view", Category.CONSULTATION, "Looked at the caseload"
    OFFENDER_VIEW = "offender.view", Category.CONSULTATION, "Looked at a person"
    MATCHES_VIEW = "matches.view", Category.CONSULTATION, "Looked at doubtful matches"
    SCAN = "people.scan", Category.CONSULTATION, "Looked through names to sort or search"
    ALERTS_VIEW = "alerts.view", Category.CONSULTATION, "Looked at the alerts"
    CALENDAR_VIEW = "calendar.view", Category.CONSULTATION, "Looked at the release calendar"
    CALENDAR_READ = "calendar.read", Category.DISCLOSURE, "Counts of releases read by a calendar link"
    AUDIT_VIEW = "audit.view", Category.CONSULTATION, "Looked at the audit trail"

    OFFENDER_CHANGED = "offender.change", Category.ALTERATION, "Changed a person's record"
    ALERT_ACKNOWLEDGED = "alert.acknowledge", Category.ALTERATION, "Acknowledged an alert"

    RECORDS_LINKED = "record.link", Category.COMBINATION, "Records linked to people"
    RECORDS_UNLINKED = "record.unlink", Category.COMBINATION, "Records parted from people"
    MATCH_DECIDED = "match.decide", Category.COMBINATION, "Doubtful match decided"

    ROWS_ERASED = "rows.erase", Category.ERASURE, "Rows erased after their time"
