"""The site's settings: the one place that reads the environment."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from jtrack import env
from jtrack.home import Home
from jtrack.logging import FORMS as LOG_FORMS
from jtrack.logging import configuration as logging_configuration

ROOT = Path(__file__).resolve().parent.parent

# ── Process and places ───────────────────────────────────────────────────────────────────────────────────────

# Which of the database roles this process logs in as. The default is the one that may do least.
PROCESS = env.choice("JTRACK_PROCESS", allowed=("web", "worker", "migrate"), default="web")
HOME = Home(env.directory("JTRACK_HOME", default=ROOT / ".jtrack"))
KEYS_DIRECTORY = env.directory("JTRACK_KEYS", default=HOME.keys)
PASSWORDS_DIRECTORY = env.directory("JTRACK_PASSWORDS", default=HOME.passwords)
DROP_DIRECTORY = env.directory("JTRACK_DROP", default=HOME.drop)

SECRET_KEY = env.secret(KEYS_DIRECTORY / "forms.secret")
# Sealed fields take their keys from the keyring. A field of the package's own kind would use this key, which
# is thrown away with the process, so that such a field can never hold anything for long.
CRYPTOGRAPHY_KEY = secrets.token_urlsafe(32)

DEBUG = False
ALLOWED_HOSTS = env.words("JTRACK_HOSTS", default=("127.0.0.1", "localhost", "[::1]"))

# ── Applications ─────────────────────────────────────────────────────────────────────────────────────────────

INSTALLED_APPS = [
    "jtrack",
    "disclosures",
    "feeds",
    "custody",
    "offenders",
    "access",
    "audit",
    "vault",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
ROOT_URLCONF = "jtrack.urls"
WSGI_APPLICATION = "jtrack.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Databases ────────────────────────────────────────────────────────────────────────────────────────────────

# Without a configured address the embedded server on its Unix socket is used. Only such a site may be a
# training site: the start-up checks refuse a training database at a configured address.
CONFIGURED_DATABASE = env.database("JTRACK_DATABASE_URL")
EMBEDDED = CONFIGURED_DATABASE is None
LOGINS = {
    "web": {"default": "jt_web", "gate": "jt_gate"},
    "worker": {"default": "jt_worker", "gate": "jt_gate"},
    "migrate": {"default": "jt_owner", "gate": "jt_owner"},
}


def _database(login: str) -> dict[str, Any]:
    place: dict[str, Any] = CONFIGURED_DATABASE or {
        "HOST": str(HOME.sockets),
        "PORT": "5432",
        "NAME": "jtrack",
        "OPTIONS": {},
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "USER": login,
        "PASSWORD": env.secret(PASSWORDS_DIRECTORY / login),
        # Server-side cursors outlive a transaction and break behind a pool that changes hands after each one.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        **place,
        # A server that is there but does not answer must not hold up every thread of the site.
        "OPTIONS": {"connect_timeout": 5} | place["OPTIONS"],
    }


DATABASES = {alias: _database(login) for alias, login in LOGINS[PROCESS].items()}
DATABASE_ROUTERS = ["access.routers.GateRouter"]

# ── Who signs in: accounts, sessions, second factor, lock-out (packages access and audit) ────────────────────

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "access.passwords.OwnWordsValidator"},
]

# Only a training site on this machine may be served without TLS; the start-up checks look at the site row.
HTTPS = env.flag("JTRACK_HTTPS", default=not EMBEDDED)
SESSION_ENGINE = "access.sessions"
SESSION_SERIALIZER = "access.sessions.SealingSerializer"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-form" if HTTPS else "form"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGIN_URL = "account_login"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "access.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Attempts are counted in the database by access.attempts and django-axes; a cache would count per worker.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "access.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp"]
MFA_FORMS = {
    "authenticate": "access.forms.CodeForm",
    "reauthenticate": "access.forms.CodeAgainForm",
    "activate_totp": "access.forms.EnrolForm",
}
MFA_TOTP_TOLERANCE = 1
MFA_TRUST_ENABLED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True

AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_USE_ATTEMPT_EXPIRATION = True
# Otherwise an attacker who keeps trying keeps an officer locked out for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "access.attempts.counted_name"
AXES_LOCKOUT_CALLABLE = "access.views.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "login", "ip_address", "code", "next", "csrfmiddlewaretoken"]
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# ── Requests: middleware, templates, headers ─────────────────────────────────────────────────────────────────

MIDDLEWARE = [
    "jtrack.middleware.watched",
    "jtrack.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "jtrack.context.frame",
            ],
        },
    },
]

# An upload is looked at in memory first: what is not sealed is dropped before anything is spooled.
FILE_UPLOAD_HANDLERS = [
    "feeds.uploads.SealedOnly",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

SECURE_SSL_REDIRECT = False  # the proxy that ends TLS does it
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# With no-referrer browsers send the origin of a form as null, and every sign-in is refused; see docs/adr/0005.
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # our own middleware sends frame-ancestors 'none' and X-Frame-Options
    "security.W008",  # the proxy redirects
    "security.W021",  # a police host does not belong on browsers' public preload list
]
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# ── Static files ─────────────────────────────────────────────────────────────────────────────────────────────

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static_build"]
# The built folder is served as it stands; nothing is collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# ── Language and time ────────────────────────────────────────────────────────────────────────────────────────

LANGUAGE_CODE = "en-gb"
# One language only: looking one up for every number that a template writes took a sixth of a page's time.
USE_I18N = False
USE_TZ = True
TIME_ZONE = "Europe/London"

# ── Work in the background (security.md 4.4: the broker is a doorbell that may be lost, doubled or late) ─────

# A moment of an import (feeds.crash_points) at which the process ends; only the fault tests set it.
CRASH_AT = env.text("JTRACK_CRASH_AT", default="")
CELERY_BROKER_URL = env.text("JTRACK_BROKER_URL", default=f"redis+socket://{HOME.valkey_socket}")
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# By default worker and beat give up after a hundred tries, which is within the hour.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# Both limits stay below the visibility timeout, or a long task would be started a second time beside itself.
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_SOFT_TIME_LIMIT = 1500
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 60
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME.run / "beat-schedule")
CELERY_BEAT_SCHEDULER = "jtrack.pulse.Scheduler"

# ── Feeds: their rhythm, and when a readable file is not believed (feeds.md 1; an operator may overrule) ──────

# Days from one delivery to the next; a feed is late from the day after.
FEED_RHYTHM_DAYS = {
    "prison_roll": env.integer("JTRACK_RHYTHM_PRISON_ROLL", default=1, lowest=1, highest=366),
    "ppo": env.integer("JTRACK_RHYTHM_PPO", default=7, lowest=1, highest=366),
}
# A sender whose layout has slipped spoils every row; a sender's usual faults spoil a few in ten thousand.
LIMIT_QUARANTINED = env.share("JTRACK_LIMIT_QUARANTINED", default=0.2)
# Day to day 0.8 % of people leave prison: a file that lacks a tenth of them is cut or of fewer prisons, and would
# raise a thousand false releases. Schemes turn over more slowly still, and each force's list is judged by itself.
LIMIT_VANISHED = {
    "prison_roll": env.share("JTRACK_LIMIT_VANISHED_PRISON_ROLL", default=0.1),
    "ppo": env.share("JTRACK_LIMIT_VANISHED_PPO", default=0.1),
}
# Below so many rows or people a share says nothing: a force of nine that loses one is not a fault.
LIMITS_BITE_FROM = env.integer("JTRACK_LIMITS_BITE_FROM", default=10, lowest=1, highest=1000)

# ── Alerts, and the mails that announce them (product.md 4) ──────────────────────────────────────────────────

# How long received and released wait from when they happened: most mistaken ones are put right within half an hour.
SETTLING_MINUTES = env.integer("JTRACK_SETTLING_MINUTES", default=45, lowest=0, highest=1440)
# Without a mail server nothing is mailed, and nothing is written down to be.
_MAIL: dict[str, Any] = env.mail_server("JTRACK_SMTP_URL")
EMAIL_HOST = _MAIL["EMAIL_HOST"]
EMAIL_PORT = _MAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.secret(PASSWORDS_DIRECTORY / "smtp") if EMAIL_HOST_USER else ""
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20
MAIL_FROM = env.text("JTRACK_MAIL_FROM", default="JTrack <no-reply@jtrack.invalid>")
# Where the site is reached: the link of its mails.
SITE_URL = env.text("JTRACK_SITE_URL", default="http://127.0.0.1:8000").rstrip("/")

# ── Logs ─────────────────────────────────────────────────────────────────────────────────────────────────────

LOGGING = logging_configuration(
    level=env.choice("JTRACK_LOG_LEVEL", allowed=("INFO", "WARNING"), default="INFO"),
    form=env.choice("JTRACK_LOG_FORMAT", allowed=LOG_FORMS, default=LOG_FORMS[0]),
)

# ── Metrics: an address that only the operators reach; left out, a socket in JTRACK_HOME that only we can open ──

METRICS_ADDRESS = env.address("JTRACK_METRICS_LISTEN")
METRICS_DIRECTORY = HOME.run / "metrics"
