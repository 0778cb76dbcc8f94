"""The table of doors: the access policy of the whole site on one screen.

Every address is a door that asks for a permission and names what it records, or an open door that
says why it may be open. Anything else stops the site from starting (jtrack.checks).
"""

from access import views as access
from access.gate import door, open_door
from access.permissions import Permission
from audit import views as audit
from audit.codes import Code
from custody import views as custody
from custody.desk import views as desk
from feeds import views as feeds
from jtrack import front
from jtrack import views as jtrack

handler404 = access.absent

urlpatterns = [
    # Asked by the proxy and by what starts the processes.
    open_door("health/live", jtrack.health_live, name="health_live", because="Says only that the process answers."),
    open_door("health/ready", jtrack.health_ready, name="health_ready", because="Says in closed words what is amiss."),
    # Coming in and going out, under allauth's own names.
    open_door("sign-in/", access.sign_in, name="account_login", because="Nobody is signed in yet."),
    open_door("sign-out/", access.sign_out, name="account_logout", because="Whoever leaves may leave."),
    open_door("sign-in/code/", access.enter_code, name="mfa_authenticate", because="The factor comes last."),
    open_door("sign-in/enrol/", access.enrol_factor, name="mfa_activate_totp", because="No factor yet."),
    open_door(
        "confirm/password/", access.confirm_password, name="account_reauthenticate", because="Asks for a password."
    ),
    open_door("confirm/code/", access.confirm_code, name="mfa_reauthenticate", because="Asks for a code."),
    open_door("account/", access.own_account, name="mfa_index", because="Shows only the asker's own account."),
    # The area's work.
    door("", front.morning, may=Permission.VIEW_MORNING, logs=Code.MORNING_VIEW),
    door("caseload/", custody.caseload, may=Permission.VIEW_CASELOAD, logs=Code.CASELOAD_VIEW),
    door(
        "caseload/searches/",
        custody.caseload_searches,
        may=Permission.VIEW_CASELOAD,
        logs=Code.CASELOAD_VIEW,
        methods=("POST",),
    ),
    door("caseload/absent/", custody.absent, may=Permission.CHANGE_OFFENDER, logs=Code.CASELOAD_VIEW),
    door("offenders/<uuid:offender_id>/", custody.person, may=Permission.VIEW_OFFENDER, logs=Code.OFFENDER_VIEW),
    door("alerts/", desk.alerts, may=Permission.ACKNOWLEDGE_ALERT, logs=Code.ALERTS_VIEW, methods=("GET", "POST")),
    door(
        "alerts/settings/",
        desk.alert_settings,
        may=Permission.ACKNOWLEDGE_ALERT,
        logs=Code.ALERT_SETTINGS,
        methods=("GET", "POST"),
    ),
    door("calendar/", desk.calendar, may=Permission.VIEW_CASELOAD, logs=Code.CALENDAR_VIEW),
    door(
        "calendar/link/",
        desk.calendar_link,
        may=Permission.VIEW_CASELOAD,
        logs=Code.CALENDAR_LINK,
        methods=("GET", "POST"),
    ),
    open_door(
        "calendar/<str:token>.ics",
        desk.calendar_read,
        name="calendar_read",
        because="Calendar programs cannot sign in; the link is the secret, and it tells days and counts only.",
    ),
    door("help/", desk.help_page, may=Permission.VIEW_HELP, logs=Code.HELP_VIEW, name="help"),
    # Feeds.
    door("deliveries/", feeds.deliveries, may=Permission.VIEW_DELIVERIES, logs=Code.DELIVERIES_VIEW),
    door(
        "deliveries/upload/",
        feeds.upload_delivery,
        may=Permission.UPLOAD_DELIVERY,
        logs=Code.DELIVERIES_VIEW,
        methods=("GET", "POST"),
    ),
    door(
        "deliveries/<uuid:delivery_id>/",
        feeds.delivery,
        may=Permission.VIEW_DELIVERIES,
        logs=Code.DELIVERY_VIEW,
    ),
    door(
        "deliveries/<uuid:delivery_id>/overrule/",
        feeds.overrule_delivery,
        may=Permission.UPLOAD_DELIVERY,
        logs=Code.DELIVERY_VIEW,
        methods=("POST",),
    ),
    door(
        "deliveries/<uuid:delivery_id>/progress/",
        feeds.delivery_progress,
        may=Permission.VIEW_DELIVERIES,
        logs=Code.DELIVERY_VIEW,
    ),
    door(
        "deliveries/<uuid:delivery_id>/returns/",
        feeds.delivery_returns,
        may=Permission.VIEW_DELIVERIES,
        logs=Code.ROWS_RETURNED,
    ),
    door("deliveries/health/", feeds.feed_health, may=Permission.VIEW_DELIVERIES, logs=Code.DELIVERIES_VIEW),
    door("matches/", feeds.matches, may=Permission.VIEW_MATCHES, logs=Code.MATCHES_VIEW),
    # Information assurance.
    door("audit/", audit.trail, may=Permission.VIEW_AUDIT, logs=Code.AUDIT_VIEW, name="audit"),
    door(
        "audit/officers/<uuid:officer_id>/",
        audit.by_officer,
        may=Permission.VIEW_AUDIT,
        logs=Code.AUDIT_VIEW,
        name="audit_officer",
    ),
    door(
        "audit/people/<uuid:person_id>/",
        audit.by_person,
        may=Permission.VIEW_AUDIT,
        logs=Code.AUDIT_VIEW,
        name="audit_person",
    ),
]
