"""Starts services one after the other, keeps them running, and stops them in the reverse order.

One thread does everything: a child is tied to the life of the thread that started it.
"""

import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from config.stack.child import Child
from config.stack.service import Service

TICK = 0.05


class StopRequested(Exception):
    """Somebody asked the stack to stop."""


class Supervisor:
    def __init__(self, *, log_dir: Path, keep_open: tuple[int, ...] = ()) -> None:
        self.log_dir = log_dir
        self.keep_open = keep_open
        self.children: list[Child] = []
        self.is_stopping = False

    def listen(self) -> None:
        """Stop at Ctrl-C, SIGTERM and a closed terminal: at the next pause, StopRequested is raised."""
        signal.signal(signal.SIGINT, self.request_stop)
        signal.signal(signal.SIGTERM, self.request_stop)
        # Under nohup it is ignored, and stays so.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self.request_stop)

    def request_stop(self, _signum: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

    def pause(self) -> None:
        if self.is_stopping:
            raise StopRequested
        time.sleep(TICK)

    def run(self, service: Service, also_open: Sequence[int] = ()) -> None:
        """Run the service's process to its end. Raise ProcessFailed unless it ends well."""
        child = Child(service, log_dir=self.log_dir, keep_open=(*self.keep_open, *also_open))
        try:
            while not child.has_succeeded():
                self.pause()
        finally:
            child.stop()

    def start(self, service: Service) -> None:
        self.children.append(Child(service, log_dir=self.log_dir, keep_open=self.keep_open))

    def wait_until_ready(self, *, timeout: float = 120.0) -> None:
        """Return when everything that was started does its work.

        Raise ProcessFailed as soon as one of the processes ends, or when the time is over.
        """
        deadline = time.monotonic() + timeout
        for child in self.children:
            while not child.is_ready():
                if time.monotonic() > deadline:
                    raise child.failure(f"did not answer within {timeout:g} s")
                self.pause()

    def watch(self, say: Callable[[str], None]) -> None:
        """Start again whatever ends, for ever; only StopRequested ends it."""
        while True:
            for child in self.children:
                if sentence := child.revive():
                    say(sentence)
            self.pause()

    def stop(self) -> None:
        """Stop everything, what was started last first."""
        while self.children:
            self.children.pop().stop()

    def pids(self) -> dict[str, int]:
        return {child.service.name: child.process.pid for child in self.children}
