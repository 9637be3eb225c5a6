"""A whole stack for a test, started as people start it: by `manage.py up` in a process of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from config.env import BASE_DIR
from tests.servers import open_temporary_directory, remove_var

# Ours would bend the stack under test: it is to make these itself, unless a test says otherwise.
NOT_INHERITED = {
    *("DATABASE_URL", "NOTARY_DATABASE_URL", "REDIS_URL", "NOTARY_URL", "NOTARY_KEY", "NOTARY_PLATFORMS"),
    *("NOTARY_SIGNING_KEY", "PORT", "NOTARY_PORT", "HANSATSU_VAR", "SECRET_KEY", "DEBUG", "DJANGO_SETTINGS_MODULE"),
    "DATABASE_STATEMENT_TIMEOUT_MS",
}

# What tells the launcher's children apart, in their command lines.
COMMANDS = {
    "web": b"config.wsgi",
    "notary": b"notary",
    "worker": b"config\0worker",
    "resolver": b"resolver",
    "watchman": b"watchman",
    "beat": b"config\0beat",
    "redis": b"valkey-server",
    "postgres": b"listen_addresses",
}


class DidNotStart(Exception):
    """The launcher ended, or said nothing in time; what it did say is the text."""


class Stack:
    """`manage.py up --json` with ports and a directory of its own; a context manager that stops it.

    `ready` is its line of JSON: addresses, database URLs, process ids by name.
    """

    def __init__(
        self,
        *,
        options: Sequence[str] = ("--no-demo", "--port", "0"),
        env: Mapping[str, str] | None = None,
        var: Path | None = None,
    ) -> None:
        self.owns_var = var is None
        self.var = var or open_temporary_directory() / "var"
        self.options = options
        self.env = {**inherited(), **(env or {})}
        self.ready: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()
        self.remove()

    def start(self, timeout: float = 300.0) -> Self:
        """Start it and wait until it says that it is ready. Raise DidNotStart if it does not."""
        self.launch()
        deadline = time.monotonic() + timeout
        while not (line := self.out.read_text()).endswith("\n"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise DidNotStart(self.said())
            time.sleep(0.05)
        self.ready = json.loads(line)
        return self

    def launch(self) -> None:
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--json", "--var", self.var, *self.options],
                cwd=BASE_DIR,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    @property
    def out(self) -> Path:
        return self.var.with_name(f"{self.var.name}.out")

    @property
    def err(self) -> Path:
        return self.var.with_name(f"{self.var.name}.err")

    def said(self) -> str:
        """What the launcher has told the person at the terminal so far."""
        return self.err.read_text()

    def log(self, name: str) -> str:
        return (self.var / "log" / f"{name}.log").read_text()

    def stop(self, how: signal.Signals = signal.SIGTERM, *, timeout: float = 60.0) -> int:
        """Stop the stack and return the launcher's exit code. The data stays, and `start` finds it again."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout)
        finally:
            self.process.kill()

    def kill(self) -> None:
        """End the launcher as a crash would: without a word to its children."""
        self.process.kill()
        self.process.wait()

    def processes(self) -> list[int]:
        """Whatever runs on the stack's directory, by the mark in its environment."""
        mark = f"HANSATSU_VAR={self.var}".encode()
        return [pid for pid in all_pids() if mark in environment_of(pid)]

    def pid(self, name: str) -> int:
        """The process that the launcher runs under this name now; after a restart it is another one."""
        for pid in all_pids():
            if parent_of(pid) == self.process.pid and COMMANDS[name] in command_of(pid):
                return pid
        raise ProcessLookupError(name)

    def remove(self) -> None:
        """Remove its data, unless the directory was given."""
        if self.owns_var:
            remove_var(self.var)
            remove_var(self.var.parent)


def inherited() -> dict[str, str]:
    withheld = NOT_INHERITED | {f"{key}_FILE" for key in NOT_INHERITED}
    return {key: value for key, value in os.environ.items() if key not in withheld}


def all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def environment_of(pid: int) -> list[bytes]:
    # A process that has just ended, or that is not ours to look into, has none.
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return []


def command_of(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def parent_of(pid: int) -> int:
    with contextlib.suppress(OSError):
        # The name of the program stands in brackets and may hold spaces; the parent is the second field after it.
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
