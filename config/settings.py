"""Settings of the platform. Every key that a deployment may set is in `.env.example`."""

from datetime import timedelta
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.admin_themes import UNFOLD, UNFOLD_PORTAL, UNFOLD_STAFF  # noqa: F401
from config.env import BASE_DIR, launches_stack, read_env
from config.logging import logging_config

env = read_env()
# The launcher makes the database and the secrets and hands them to its children; it needs none itself.
_unless_given: dict[str, Any] = {"default": "postgres://nobody@127.0.0.1:1/none"} if launches_stack() else {}

# --- what a deployment must choose -------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", **_unless_given)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000")
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

NOTARY_URL = env.str("NOTARY_URL", default="http://127.0.0.1:8100")
# One secret per platform and notary cluster; `main` is the cluster that regions use unless moved.
NOTARY_PLATFORM = env.str("NOTARY_PLATFORM", default="hansatsu")
NOTARY_KEY = env.str("NOTARY_KEY", default="")
NOTARY_ADAPTER = "notary.client.http.HttpNotary"

# --- payments: all durations in seconds ---------------------------------------------------

PAYMENT_BUDGET = 2.2  # from the request's arrival to its answer; the answer within 3 s is a promise
PAYMENT_PATIENCE = 10.0  # how long a payment may be 確認中 before it is given up for good
NOTARY_BUDGET = 2.0  # one call of the notary, all of it: connect, send, wait, read
NOTARY_BATCH = 128  # requests in one call (the notary takes up to 256)
VERIFICATION_LEASE = 5.0  # a claimed payment whose worker died is claimed again after this
RECONCILE_BUDGET = 15.0  # one call of a comparison: nobody waits for it
RECONCILE_INTERVAL = 3600.0  # between two full comparisons with a notary
RESOLVER_INTERVAL = 0.25  # pause between the resolver's sweeps
NOTARY_SLOW = 1.0  # an answer that took longer counts as a failure
BREAKER_FAILURES = 3  # so many in a row, and nothing is sent but one probe at a time
BREAKER_LOOK = 0.2  # how long a process may believe what it last read of the breaker
PROBE_PAUSE = 1.0  # between a probe that failed and the next
DISTRUST_LEASE = 300.0  # a notary that is being made whole again is not probed before this
PROBE_INTERVAL = 2.0  # between two probes of every region's way of a payment, made also when nobody pays
PROBE_LEASE = 4.0  # a prober that died is replaced after this
WAITING_TILLS_MAX = 6  # till systems in one web process that may wait for a customer; others get the state at once
WAITING_PAYMENTS_MAX = 24  # requests in one web process that may wait for an outcome; others get 202

# --- money for orders ---------------------------------------------------------------------

# Without a key nothing is offered but cash at the office's desk.
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")

# --- the house ----------------------------------------------------------------------------

INSTALLED_APPS = [
    # Rooms with templates stand before Unfold, so that they can override its pages.
    "config",
    "maintenance",
    "payments",
    "merchants",
    "vouchers",
    "regions",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Only the web has admin sites: the other processes do without their modules (`config.urls` finds them).
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.DatabaseDeadline",
    "regions.middleware.UploadLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "regions.middleware.RateLimitMiddleware",
    "regions.middleware.SecondFactorMiddleware",
    "maintenance.middleware.MaintenanceMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "regions.context.region",
                "maintenance.context.ribbon",
            ],
        },
    }
]

# --- PostgreSQL: the only truth -----------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": {
        **env.db_url("DATABASE_URL", **_unless_given),
        "ENGINE": "config.postgres",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        # A database that is away refuses a request within a second or two, it never holds it:
        # no statement, lock or forgotten transaction may outlive a payment's patience.
        "OPTIONS": {
            "connect_timeout": 2,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": 3000,
            "options": (
                f"-c statement_timeout={env.int('DATABASE_STATEMENT_TIMEOUT_MS', default=2500)} "
                "-c lock_timeout=1500 -c idle_in_transaction_session_timeout=10000"
            ),
        },
    }
}

# --- Redis: makes things fast, decides nothing --------------------------------------------

CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "hansatsu",
        "OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3},
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# Kept between tasks, and asked whether it lives before each.
CELERY_DB_REUSE_MAX = 1_000_000
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Without these bounds, publishing to a broker that is a black hole blocks for minutes.
CELERY_BROKER_CONNECTION_TIMEOUT = 0.3
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "socket_timeout": 5,
    "socket_connect_timeout": 0.5,
    "retry_policy": {"timeout": 0.5},
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Asia/Tokyo"
CELERY_BEAT_SCHEDULE = {
    "tend-orders": {"task": "vouchers.tend_orders", "schedule": timedelta(minutes=1)},
    "finish-draws": {"task": "vouchers.finish_draws", "schedule": timedelta(seconds=40)},
    "expire-vouchers": {"task": "vouchers.expire", "schedule": timedelta(minutes=5)},
    "remind-of-expiry": {"task": "vouchers.remind", "schedule": timedelta(hours=1)},
    "close-periods": {"task": "payments.close_periods", "schedule": timedelta(minutes=10)},
    "check-settlements": {"task": "payments.check_settlements", "schedule": timedelta(hours=1)},
    "run-grant-lists": {"task": "vouchers.run_grant_lists", "schedule": timedelta(seconds=30)},
    "lapse-grants": {"task": "vouchers.lapse_grants", "schedule": timedelta(minutes=5)},
    "mail-messages": {"task": "regions.mail_messages", "schedule": timedelta(seconds=30)},
    "mail-notices": {"task": "merchants.mail_notices", "schedule": timedelta(seconds=30)},
    "mail-letters": {"task": "merchants.mail_letters", "schedule": timedelta(seconds=30)},
    "clear-codes": {"task": "payments.clear_codes", "schedule": timedelta(hours=1)},
    "clear-sessions": {"task": "regions.clear_sessions", "schedule": timedelta(hours=6)},
}

# --- people -------------------------------------------------------------------------------

AUTH_USER_MODEL = "regions.User"
AUTHENTICATION_BACKENDS = ["regions.authentication.PreparedBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "regions.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email", "phone", "password1"]
ACCOUNT_SIGNUP_FORM_CLASS = "regions.forms.OneAddress"
ACCOUNT_FORMS = {"request_login_code": "regions.code_form.RequestCodeForm"}
ACCOUNT_EMAIL_VERIFICATION = "optional"
# Either address will do; the sign-up form asks for one of them.
SILENCED_SYSTEM_CHECKS = [
    "account.W001",
    "security.W005",  # HSTS for subdomains: they are the city's to decide
    "security.W008",  # TLS and its redirect belong to the reverse proxy
    "security.W021",  # preloading HSTS cannot be undone in a hurry
]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
# Per address the limits are wide: a sign-up desk at the town hall is one address.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "60/m/ip,8/5m/key",
    "signup": "120/m/ip",
    "verify_phone": "1/30s/key,60/m/ip",
    "request_login_code": "60/m/ip,4/5m/key",
    "reset_password": "60/m/ip,5/m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
HEADLESS_CLIENTS = ("app", "browser")
HEADLESS_ONLY = False
HEADLESS_TOKEN_STRATEGY = "regions.authentication.SessionTokens"  # noqa: S105 the name of a class
MFA_ADAPTER = "regions.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Hansatsu"
MFA_FORMS: dict[str, str] = {}

SESSION_COOKIE_AGE = 90 * 24 * 3600
SESSION_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = not DEBUG
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="no-reply@hansatsu.example")
# console: the code is written to the log of a demo; http: POSTed to SMS_GATEWAY_URL.
SMS_BACKEND = env.str("SMS_BACKEND", default="regions.sms.ConsoleSms")

# --- API ----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["regions.authentication.SessionTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.error_responses.handle_api_exception",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hansatsu API",
    "VERSION": "1",
    "DESCRIPTION": "The residents' and shops' API. Yen are integers, instants are ISO 8601 with an offset.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "LevelEnum": "maintenance.api.LEVELS",
        "ChargeState": "payments.charges.ChargeState",
        "CodeState": "payments.pay_codes.CodeState",
        "PaymentStatus": "payments.states.Status",
        "RefundStatus": "payments.states.RefundStatus",
    },
}

# --- words, time, files -------------------------------------------------------------------

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

LOGGING = logging_config(debug=DEBUG)
LOGGING_CONFIG = "logging.config.dictConfig"
