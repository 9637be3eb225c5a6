"""An embedded PostgreSQL: on the loopback address alone, with passwords, its data kept between starts."""

import os
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from config.stack.account import Account, give_to
from config.stack.keys import kept
from config.stack.layout import Layout
from config.stack.ports import HOST
from config.stack.programs import PostgresPrograms, find_postgres
from config.stack.service import Service

SUPERUSER = "postgres"
# Each is the name of a database and of the only role, bar the superuser, that may enter it.
PLATFORM = "hansatsu"
NOTARY = "hansatsu_notary"
DATABASES = (PLATFORM, NOTARY)

OPTIONS = {
    "listen_addresses": HOST,
    # A socket's path may not exceed 107 bytes, and a checkout may lie deeper.
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "Asia/Tokyo",
    "log_timezone": "Asia/Tokyo",
}
BUILTIN_LOCALE_SINCE = 17


@dataclass(frozen=True)
class Postgres:
    programs: PostgresPrograms
    layout: Layout
    account: Account | None
    port: int
    options: Mapping[str, str]

    @property
    def data(self) -> Path:
        return self.layout.servers / "postgres"

    def password(self, role: str) -> str:
        return kept(self.layout.secrets / f"postgres-{role}")

    def url(self, database: str) -> str:
        """The address at which the database's own role enters it."""
        return f"postgres://{database}:{quote(self.password(database))}@{HOST}:{self.port}/{database}"

    def service(self) -> Service:
        settings = {**OPTIONS, **self.options, "port": str(self.port)}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Service(
            name="postgres",
            argv=[self.programs.bin / "postgres", "-D", self.data, *flags],
            env=server_environment(self.layout),
            ready=self.is_ready,
            # Not SIGTERM, on which PostgreSQL waits for its clients to leave.
            stop_signal=signal.SIGINT,
            account=self.account,
            cwd=Path("/"),
        )

    def is_ready(self, _alive_for: float) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=HOST,
            port=self.port,
            user=SUPERUSER,
            password=self.password(SUPERUSER),
            dbname="postgres",
            connect_timeout=2,
            autocommit=True,
        )

    def initialise(self, run: Callable[[Service, Sequence[int]], None]) -> None:
        """Make the data directory if there is none; `run` runs initdb to its end, with the descriptors open.

        Interrupted at any point, it leaves nothing that the next start would take for data.
        """
        if self.data.exists():
            return
        staging = self.data.with_name("postgres.new")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        give_to(self.account, staging)
        password = self.readable_once(self.password(SUPERUSER))
        try:
            run(self.initdb(staging, password), [password])
        finally:
            os.close(password)
        staging.rename(self.data)

    def initdb(self, directory: Path, password: int) -> Service:
        provider = ["--locale-provider=builtin"] if self.programs.major >= BUILTIN_LOCALE_SINCE else []
        return Service(
            name="initdb",
            argv=[
                self.programs.bin / "initdb",
                *("-D", directory, "-U", SUPERUSER, f"--pwfile=/dev/fd/{password}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", *provider),
            ],
            env=server_environment(self.layout),
            account=self.account,
            cwd=Path("/"),
        )

    def readable_once(self, secret: str) -> int:
        """A pipe that holds the secret, for a program that reads it by the name /dev/fd/N."""
        reading, writing = os.pipe()
        if self.account is not None:
            # Opening it by name asks for the right to read, even of a descriptor that is open already.
            os.fchown(reading, self.account.uid, self.account.gid)
        os.write(writing, secret.encode())
        os.close(writing)
        return reading

    def create_databases(self, *, role_options: str = "") -> None:
        """Make each database with a role of its own, which enters no other; repeating it changes nothing."""
        with self.connect() as connection:
            for name in DATABASES:
                self.create_database(connection, name, role_options)

    def create_database(self, connection: psycopg.Connection, name: str, role_options: str) -> None:
        identifier = sql.Identifier(name)
        if not exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
            connection.execute(sql.SQL("CREATE ROLE {}").format(identifier))
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {} " + role_options).format(identifier, self.password(name))
        )
        if not exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(identifier, identifier))
        connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(identifier))


def exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


def embedded_postgres(
    layout: Layout, account: Account | None, port: int, *, options: Mapping[str, str] | None = None
) -> Postgres:
    """PostgreSQL for the layout's data, or for new data; not started yet."""
    version = layout.servers / "postgres" / "PG_VERSION"
    data_major = int(version.read_text()) if version.parent.exists() else None
    programs = find_postgres(account, data_major=data_major, data=version.parent)
    return Postgres(programs=programs, layout=layout, account=account, port=port, options=options or {})


def server_environment(layout: Layout) -> dict[str, str]:
    """What a server needs to know; nothing of ours that its account has no business with."""
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "HANSATSU_VAR": str(layout.var)}
