"""Run the notary in the foreground, against a database that it migrates itself."""

import multiprocessing
import os
import socket
import time
from argparse import ArgumentParser
from threading import Thread
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from notary.errors import Misconfigured
from notary.processes import die_with_parent
from notary.service import api_from_settings

# "notary" in ASCII. Two notaries that start at once must not migrate at once.
MIGRATION_LOCK = 0x6E6F74617279


class Command(BaseCommand):
    help = "Run the notary: its own process, on its own database (NOTARY_DATABASE_URL)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.NOTARY_PORT)
        parser.add_argument("--workers", type=int, default=1)
        parser.add_argument("--threads", type=int, default=settings.NOTARY_CALLS_MAX + 8)

    def handle(self, *args: Any, host: str, port: int, workers: int, threads: int, **options: Any) -> None:
        if os.environ.get("HANSATSU_DIE_WITH_PARENT") == "1":
            die_with_parent(os.getppid())
        try:
            api_from_settings()
        except Misconfigured as unsafe:
            raise CommandError(str(unsafe)) from unsafe
        _refuse_taken_port(host, port)
        _migrate()
        Thread(target=self._announce, args=(host, port), daemon=True).start()
        _serve(host, port, workers, threads)

    def _announce(self, host: str, port: int) -> None:
        while not _is_listening(host, port):
            time.sleep(0.05)
        self.stdout.write(f"notary listening on http://{host}:{port}")
        self.stdout.flush()


def _serve(host: str, port: int, workers: int, threads: int) -> None:
    # A forked worker would inherit this process's locks and threads.
    multiprocessing.set_start_method("spawn")
    Granian(
        "notary.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        # Idle threads cost little, while a new one brings a new database connection.
        blocking_threads_idle_timeout=600,
        backpressure=max(512, threads),
        log_level=LogLevels.error,
        # To where our own lines go; standard output carries nothing but the one line above.
        log_dictconfig={"loggers": {"_granian": {"handlers": [], "propagate": True}}},
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    ).serve()


def _migrate() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as away:
        raise CommandError(f"the notary's database does not answer: {away}") from away
    finally:
        # The lock and the timeouts go with the connection.
        connection.close()


def _refuse_taken_port(host: str, port: int) -> None:
    # The server shares its port among workers, and so would silently share it with another notary.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise CommandError(f"cannot listen on {host}:{port}: {taken}") from taken


def _is_listening(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
