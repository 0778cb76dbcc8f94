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
from feeds import views as feeds

handler404 = access.absent

urlpatterns = [
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
    door("", custody.morning, may=Permission.VIEW_MORNING, logs=Code.MORNING_VIEW),
    door("caseload/", custody.caseload, may=Permission.VIEW_CASELOAD, logs=Code.CASELOAD_VIEW),
    door("caseload/absent/", custody.absent, may=Permission.CHANGE_OFFENDER, logs=Code.CASELOAD_VIEW),
    door("offenders/<uuid:offender_id>/", custody.person, may=Permission.VIEW_OFFENDER, logs=Code.OFFENDER_VIEW),
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
