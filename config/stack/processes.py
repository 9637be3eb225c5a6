"""The platform's own processes: the table of what runs, with which environment, and when it is up."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from environ import FileAwareEnv

from config.env import BASE_DIR
from config.stack.keys import kept, new_signing_key
from config.stack.layout import Layout
from config.stack.ports import HOST
from config.stack.request import given
from config.stack.service import Service, answers, survives

MANAGE = BASE_DIR / "manage.py"
WEB_WORKERS = 2
WEB_THREADS = 32
# Long enough for an import error or a missing command to have shown.
SETTLED = survives(2)


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where everything is; handed to the processes by their environment."""

    port: int
    database_url: str
    notary_database_url: str
    redis_url: str
    notary_url: str

    @property
    def web(self) -> str:
        return f"http://localhost:{self.port}"


def platform_environment(env: FileAwareEnv, layout: Layout, addresses: Addresses) -> dict[str, str]:
    """The platform's environment: ours, and what nobody gave. The notary's secrets are not in it."""
    made = {
        "DEBUG": "true",
        "SECRET_KEY": kept(layout.secrets / "secret-key"),
        "PUBLIC_URL": addresses.web,
        "DATABASE_URL": addresses.database_url,
        "REDIS_URL": addresses.redis_url,
        "NOTARY_URL": addresses.notary_url,
        "NOTARY_KEY": notary_key(env, layout),
    }
    private = {"NOTARY_DATABASE_URL", "NOTARY_PLATFORMS", "NOTARY_SIGNING_KEY"}
    return completed(env, layout, made, private)


def notary_environment(env: FileAwareEnv, layout: Layout, addresses: Addresses) -> dict[str, str]:
    """The notary's environment. The platform's secrets, but for the one both know, are not in it."""
    platform = given(env, "NOTARY_PLATFORM") or "hansatsu"
    made = {
        "NOTARY_DATABASE_URL": addresses.notary_database_url,
        "NOTARY_PLATFORMS": f"{platform}={notary_key(env, layout)}",
        "NOTARY_SIGNING_KEY": kept(layout.secrets / "notary-signing-key", new_signing_key),
    }
    # And it has settings of its own.
    private = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "NOTARY_KEY", "DJANGO_SETTINGS_MODULE"}
    return completed(env, layout, made, private)


def notary_key(env: FileAwareEnv, layout: Layout) -> str:
    return given(env, "NOTARY_KEY") or kept(layout.secrets / "notary-key")


def completed(env: FileAwareEnv, layout: Layout, made: Mapping[str, str], private: set[str]) -> dict[str, str]:
    """Our environment without the private keys, completed by what was made; what was given wins."""
    withheld = private | {f"{key}_FILE" for key in private}
    ours = {key: value for key, value in os.environ.items() if key not in withheld}
    missing = {key: value for key, value in made.items() if not given(env, key)}
    # Output goes to a file: unbuffered, so that its end is there when a process is killed.
    return {**ours, **missing, "HANSATSU_VAR": str(layout.var), "PYTHONUNBUFFERED": "1"}


def notary(environment: Mapping[str, str], url: str) -> Service:
    port = urlsplit(url).port or 0
    return Service(
        name="notary",
        argv=[sys.executable, MANAGE, "notary", "--host", HOST, "--port", str(port)],
        env=environment,
        ready=answers(port, "/livez"),
    )


def one_off(name: str, environment: Mapping[str, str], *arguments: str) -> Service:
    """A command that runs to its end before the platform starts, as long as it takes."""
    return Service(
        name=name,
        argv=[sys.executable, MANAGE, name, *arguments],
        env={**environment, "DATABASE_STATEMENT_TIMEOUT_MS": "0"},
    )


def platform_services(environment: Mapping[str, str], layout: Layout, port: int) -> list[Service]:
    """In the order of their start, which is the reverse of the order in which they stop."""
    return [
        web(environment, port),
        Service(name="worker", argv=worker(), env=environment, ready=SETTLED),
        Service(name="resolver", argv=[sys.executable, MANAGE, "resolver"], env=environment, ready=SETTLED),
        Service(name="beat", argv=beat(layout), env=environment, ready=SETTLED),
        Service(name="watchman", argv=[sys.executable, MANAGE, "watchman"], env=environment, ready=SETTLED),
    ]


def web(environment: Mapping[str, str], port: int) -> Service:
    return Service(
        name="web",
        argv=[
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
            *("--host", HOST, "--port", str(port)),
            *("--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)),
            # A worker that dies is replaced while the other one answers.
            *("--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "warning"),
            "config.wsgi:application",
        ],
        env=environment,
        ready=answers(port, "/livez"),
    )


def worker() -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "-A", "config", "worker", "-l", "warning"),
        # Tasks wait for the network, so threads are enough, and one process is one to look after.
        *("--pool", "threads", "--concurrency", "4"),
        # Talk between workers, of which there is one.
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def beat(layout: Layout) -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "-A", "config", "beat", "-l", "warning"),
        *("-s", str(layout.beat / "schedule"), "--pidfile="),
    ]
