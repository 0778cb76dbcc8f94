"""The table of doors: the access policy of the whole site on one screen.

Every address is a door that asks for a permission and names what it records, or an open door that
says why it may be open. Anything else stops the site from starting (jtrack.checks).
"""

from access import views as access
from access.gate import door, open_door
from access.permissions import Permission
from audit import views as audit
from audit.codes import Code

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
