"""One process of the stack, through its crashes: started, looked after, stopped."""

import contextlib
import os
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

from config.lifeline import die_with
from config.stack.account import identity
from config.stack.errors import ProcessFailed
from config.stack.service import Service

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
STEADY_AFTER = 30.0
STOP_PATIENCE = 10.0
LOG_END_BYTES = 8000
LOG_END_LINES = 20


class Child:
    """The service's process. Its output goes to a log of its own, added to what is there."""

    def __init__(self, service: Service, *, log_dir: Path, keep_open: tuple[int, ...] = ()) -> None:
        self.service = service
        self.log = log_dir / f"{service.name}.log"
        self.keep_open = keep_open
        self.crashes_in_a_row = 0
        self.restart_at: float | None = None
        self.start()

    def start(self) -> None:
        self.restart_at = None
        self.log_start = self.log.stat().st_size if self.log.exists() else 0
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.service.argv,
                env=dict(self.service.env),
                cwd=self.service.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.keep_open,
                umask=0o077,
                # A session of its own: Ctrl-C reaches the launcher alone, which stops all in order.
                start_new_session=True,
                # The launcher has one thread, so nothing can hold a lock across this fork.
                preexec_fn=partial(die_with, os.getpid(), self.service.stop_signal),  # noqa: PLW1509
                **identity(self.service.account),
            )

    @property
    def alive_for(self) -> float:
        return time.monotonic() - self.started_at

    def is_ready(self) -> bool:
        """Whether the service does its work. Raise ProcessFailed if its process has ended."""
        self.raise_if_ended()
        return self.service.ready(self.alive_for)

    def has_succeeded(self) -> bool:
        """Whether the process has ended well. Raise ProcessFailed if it has ended otherwise."""
        if self.process.poll() == 0:
            return True
        self.raise_if_ended()
        return False

    def raise_if_ended(self) -> None:
        if self.process.poll() is not None:
            raise self.failure(f"ended while the stack was starting ({self.how_it_ended()})")

    def failure(self, what: str) -> ProcessFailed:
        return ProcessFailed(self.service.name, what, log=self.log, log_end=self.log_end())

    def how_it_ended(self) -> str:
        code = self.process.returncode
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def log_end(self) -> str:
        """The last of what this run of the process has written."""
        with self.log.open("rb") as log:
            log.seek(max(self.log_start, self.log.stat().st_size - LOG_END_BYTES))
            lines = log.read().decode(errors="replace").strip().splitlines()
        return "\n".join(lines[-LOG_END_LINES:])

    def revive(self) -> str | None:
        """Start the process again if it has ended, after a pause that doubles; return what to say of it."""
        if self.restart_at is not None:
            if time.monotonic() >= self.restart_at:
                self.start()
            return None
        if self.process.poll() is None:
            return None
        self.kill_group()
        pause = self.next_pause()
        self.restart_at = time.monotonic() + pause
        return f"{self.service.name} ended ({self.how_it_ended()}); starting it again in {pause:g} s, see {self.log}"

    def next_pause(self) -> float:
        self.crashes_in_a_row = 0 if self.alive_for > STEADY_AFTER else self.crashes_in_a_row
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**self.crashes_in_a_row)
        self.crashes_in_a_row += 1
        return pause

    def stop(self) -> None:
        """Ask the process to end; kill it if it has not within STOP_PATIENCE seconds."""
        if self.process.poll() is None:
            self.process.send_signal(self.service.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_PATIENCE)
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        """End what the process has started and left behind; it may hold the port that the next one needs."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
