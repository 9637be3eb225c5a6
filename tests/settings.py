"""The platform's settings with the notary's tables in a second database, for tests of both sides."""

import atexit
import os
from urllib.parse import urlsplit

from tests.servers import start_servers

os.environ.setdefault("SECRET_KEY", "a key for tests that signs nothing of value")
os.environ.setdefault("DEBUG", "true")
os.environ.setdefault("NOTARY_KEY", "a key for tests that opens nothing of value")

# The process that pytest was started in starts the servers; its workers find them in the environment.
if "HANSATSU_TEST_SERVERS" not in os.environ:
    _servers = start_servers()
    atexit.register(_servers.stop)
    os.environ |= {
        "HANSATSU_TEST_SERVERS": "running",
        "DATABASE_URL": _servers.database_url("hansatsu"),
        "REDIS_URL": _servers.redis_url,
        "DATABASE_STATEMENT_TIMEOUT_MS": "10000",
    }

from config.settings import *  # noqa: F403
from config.settings import CACHES, DATABASES, INSTALLED_APPS

_default = DATABASES["default"]
DATABASES["notary"] = {**_default, "NAME": "hansatsu_notary", "TEST": {"DEPENDENCIES": []}}
DATABASE_ROUTERS = ["tests.routers.NotaryApart"]
INSTALLED_APPS = [*INSTALLED_APPS, "notary"]

# A small notary in this process, with the same rules and the same contract as the one over HTTP.
NOTARY_ADAPTER = "tests.notaries.notary_in_process"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
DEBUG = False
ALLOWED_HOSTS = ["*"]
SECURE_HSTS_SECONDS = 0
# Each worker empties a cache of its own. It forgives what comes late; on a machine busy with tests that would be
# a limit not counted.
_place = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 15 + 1
CACHES["default"] |= {
    "LOCATION": urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{_place}").geturl(),
    "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 5},
}
