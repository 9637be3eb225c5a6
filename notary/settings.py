"""Settings of the notary's own process. Every key may also be given as NAME_FILE."""

from pathlib import Path
from typing import Any

from environ import FileAwareEnv

from notary.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent

env = FileAwareEnv()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

DEBUG = False
# Nothing of an answer depends on the Host header, and callers prove themselves by key.
ALLOWED_HOSTS = ["*"]

NOTARY_PLATFORMS = env.str("NOTARY_PLATFORMS")
NOTARY_SIGNING_KEY = env.str("NOTARY_SIGNING_KEY", multiline=True)
NOTARY_RETIRED_KEYS = env.str("NOTARY_RETIRED_KEYS", default="", multiline=True)
# Calls in one process that may wait or be in work; the rest are told when to come back.
NOTARY_CALLS_MAX = env.int("NOTARY_CALLS_MAX", default=16)
NOTARY_PORT = env.int("NOTARY_PORT", default=8100)

INSTALLED_APPS = ["notary"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "notary.urls"
WSGI_APPLICATION = "notary.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"

DATABASES: dict[str, Any] = {
    "default": {
        **env.db_url("NOTARY_DATABASE_URL"),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # A database that is away must answer "away" while the platform is still listening.
        "OPTIONS": {
            "connect_timeout": 2,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": 3000,
            "application_name": "notary",
            # The same few statements all day: planned once per connection. Everything is found by key,
            # so a plan that was made while the tables were empty must not scan them when they are full.
            "server_side_binding": True,
            "prepare_threshold": 0,
            "options": (
                "-c statement_timeout=2000 -c lock_timeout=1500 -c idle_in_transaction_session_timeout=5000 "
                "-c synchronous_commit=on -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"
            ),
        },
    }
}

LOGGING = logging_config()
