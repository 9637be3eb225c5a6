"""Processes that a drill starts and ends: the launcher, a second notary, the network that fails."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings

HOST = "127.0.0.1"
# Below the range that the kernel gives to outgoing connections, so that a port which nobody listens
# on for a while is not lent to somebody else.
FREE_PORTS = range(20_000, 32_000)
# Ours would bend the stack: it is to make these itself.
NOT_INHERITED = {
    *("DATABASE_URL", "NOTARY_DATABASE_URL", "REDIS_URL", "NOTARY_URL", "NOTARY_KEY", "NOTARY_PLATFORMS"),
    *("NOTARY_SIGNING_KEY", "PORT", "NOTARY_PORT", "HANSATSU_VAR", "SECRET_KEY", "DEBUG", "DJANGO_SETTINGS_MODULE"),
    "DATABASE_STATEMENT_TIMEOUT_MS",
}


class DidNotStart(Exception):
    """A process of the drill's stack ended, or said nothing in time; what it did say is the text."""


class Program:
    """A command run from the checkout. What it prints goes to files, and its first line says that it is ready."""

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str], log: Path) -> None:
        self.argv = [sys.executable, *argv]
        self.env = {**inherited(), **env}
        self.out, self.err = log.with_suffix(".out"), log.with_suffix(".err")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, timeout: float = 180.0) -> str:
        """Start it and return its first line. Raise DidNotStart if there is none in time."""
        with self.out.open("w") as out, self.err.open("a") as err:
            self.process = subprocess.Popen(  # noqa: S603 our own commands
                self.argv, cwd=settings.BASE_DIR, env=self.env, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )
        deadline = time.monotonic() + timeout
        while not (said := self.out.read_text()).endswith("\n"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise DidNotStart(self.err.read_text()[-4000:])
            time.sleep(0.05)
        return said

    @property
    def pid(self) -> int:
        if self.process is None:
            raise ProcessLookupError(self.argv)
        return self.process.pid

    def stop(self, *, timeout: float = 60.0) -> None:
        """Ask it to end; kill it if it has not within so many seconds."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout)
        self.process.kill()
        self.process.wait()


def inherited() -> dict[str, str]:
    withheld = NOT_INHERITED | {f"{key}_FILE" for key in NOT_INHERITED}
    return {key: value for key, value in os.environ.items() if key not in withheld}


def free_port() -> int:
    return next(port for port in random.sample(FREE_PORTS, len(FREE_PORTS)) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def children_of(parent: int) -> dict[int, bytes]:
    """The processes that it has started, each with its command line."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return {pid: _command_of(pid) for pid in pids if _parent_of(pid) == parent}


def _command_of(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _parent_of(pid: int) -> int:
    with contextlib.suppress(OSError):
        # The name of the program stands in brackets and may hold spaces; the parent is the second field after it.
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
