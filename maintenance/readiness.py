"""Whether this process can serve: asked side by side, each with a limit, so that a probe is always answered."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from threading import Lock

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from notary.client.errors import NotaryError
from regions.models import NotaryCluster
from vouchers.notaries import notary_of

PATIENCE = 1.0
OK = "ok"


class Migrations:
    """Whether all migrations are applied; once they are, they stay so for this process."""

    def __init__(self) -> None:
        self._are_applied = False

    def check(self) -> str:
        if not self._are_applied:
            executor = MigrationExecutor(connection)
            self._are_applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return OK if self._are_applied else "migrations are not applied"


migrations = Migrations()


def check_database() -> str:
    """A new connection each time: what was open before says nothing of what can be opened now."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return migrations.check()
    except Error as problem:
        return type(problem).__name__
    finally:
        connection.close()


def check_redis() -> str:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
    try:
        client.ping()
    except redis.RedisError as problem:
        return type(problem).__name__
    finally:
        client.close()
    return OK


def check_notary() -> str:
    """The notary that the deployment names."""
    try:
        notary_of(NotaryCluster()).checkpoint(budget=PATIENCE / 2)
    except NotaryError as problem:
        return type(problem).__name__
    return OK


@dataclass
class Check:
    """One question with a thread of its own. While it hangs it is not asked again."""

    ask: Callable[[], str]

    def __post_init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix=self.ask.__name__)
        self._lock = Lock()
        self._asked: Future[str] | None = None

    def start(self) -> "Future[str]":
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = self._threads.submit(self.ask)
            return self._asked


def answer_of(asked: "Future[str]") -> str:
    try:
        return asked.result(timeout=PATIENCE)
    except TooSlow:
        return f"no answer within {PATIENCE:g} s"


CHECKS = {"database": Check(check_database), "redis": Check(check_redis), "notary": Check(check_notary)}
# Payments go on without Redis, and without the notary they are refused in good order: both are reported only.
DECISIVE = frozenset({"database"})


def readiness() -> tuple[bool, dict[str, str]]:
    """Whether to send requests here, and what each check said: `ok` or the reason. Takes a second at most."""
    asked = {name: check.start() for name, check in CHECKS.items()}
    said = {name: answer_of(future) for name, future in asked.items()}
    return all(said[name] == OK for name in DECISIVE), said
