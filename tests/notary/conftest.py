"""The stores that the contract runs on, and a real notary process with a database of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

from notary.client.http import HttpNotary
from notary.stores.memory import MemoryStore
from notary.stores.postgres import PostgresStore
from tests.notary.situations import KEY, OTHER, OTHER_KEY, PLATFORM, Desk

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.django_db(databases=["notary"]))])
def store(request: pytest.FixtureRequest) -> MemoryStore | PostgresStore:
    """Every adapter of the store's port, one after the other."""
    if request.param == "memory":
        return MemoryStore()
    request.getfixturevalue("db")
    return PostgresStore(using="notary")


@pytest.fixture
def desk(store: MemoryStore | PostgresStore) -> Desk:
    return Desk(store)


class Process:
    """`manage.py notary`, as an operator would start it."""

    def __init__(self, database_url: str, signing_key: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "NOTARY_"))},
            "NOTARY_DATABASE_URL": database_url,
            "NOTARY_PLATFORMS": f"{PLATFORM}={KEY},{OTHER}={OTHER_KEY}",
            "NOTARY_SIGNING_KEY": signing_key,
            "HANSATSU_DIE_WITH_PARENT": "1",
        }
        self.main: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and return when it listens."""
        self.main = subprocess.Popen(
            [sys.executable, "manage.py", "notary", "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.main.stdout is not None
        line = self.main.stdout.readline()
        assert line.strip() == f"notary listening on {self.url}", line

    def kill(self) -> None:
        """`kill -9` of its main process."""
        assert self.main is not None
        self.main.send_signal(signal.SIGKILL)
        self.main.wait(timeout=10)

    def stop(self) -> None:
        if self.main and self.main.poll() is None:
            self.main.terminate()
            self.main.wait(timeout=15)

    def client(self, platform: str = PLATFORM, key: str = KEY) -> HttpNotary:
        return HttpNotary(self.url, platform, key)


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def own_database() -> Iterator[str]:
    """A database that no test transaction surrounds; the URL of an empty one, dropped afterwards."""
    server = settings.DATABASES["notary"]
    address = f"{server['USER']}:{server['PASSWORD']}@{server['HOST']}:{server['PORT']}"
    name = f"notary_{uuid4().hex}"
    with psycopg.connect(f"postgres://{address}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgres://{address}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running_notary() -> Iterator[Process]:
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with own_database() as url:
        process = Process(url, key.decode())
        process.start()
        try:
            yield process
        finally:
            process.stop()


@pytest.fixture(scope="module")
def notary_process() -> Iterator[Process]:
    """A notary that the tests of a module share; its log is not empty for long."""
    with running_notary() as process:
        yield process


@pytest.fixture
def own_notary_process() -> Iterator[Process]:
    """A notary for a test that kills it."""
    with running_notary() as process:
        yield process
