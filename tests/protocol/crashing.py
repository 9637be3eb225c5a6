"""Processes that end in the middle of a step, by signal 9, at a place with a name or with a request on its way."""

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from urllib.parse import urlsplit

from django.db import connections
from django.test import override_settings

from payments.crash_points import CRASH_AT
from tests.notary.servers import Server, read_request, serving

Step = Callable[[], object]
ENDS_WITHIN = 30


def run_and_die(step: Step, *, at: str) -> None:
    """Run the step in a process of its own, which is killed at the crash point of this name."""
    assert _exit_code_of(_start(step, at=at)) == -signal.SIGKILL


def run_to_the_end(step: Step) -> None:
    """Run the step in a process of its own, which nothing kills."""
    assert _exit_code_of(_start(step, at="")) == 0


def _start(step: Step, *, at: str) -> multiprocessing.process.BaseProcess:
    # The child may not speak on our connections; each side opens its own.
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=_child, args=(step, at))
    process.start()
    return process


def _child(step: Step, at: str) -> None:
    os.environ[CRASH_AT] = at
    with override_settings(DEBUG=True):
        step()


def _exit_code_of(process: multiprocessing.process.BaseProcess) -> int | None:
    process.join(ENDS_WITHIN)
    if process.is_alive():
        process.kill()
        process.join()
        raise AssertionError("the process did not end")
    return process.exitcode


class Wire:
    """The way to a notary on which a process can be killed while its first request is under way.

    `arrives`: whether the notary gets that request before its sender dies, or only by `deliver`.
    """

    def __init__(self, notary_url: str, *, arrives: bool) -> None:
        self._notary = urlsplit(notary_url)
        self._arrives = arrives
        self._victim_known = Event()
        self._victim = 0
        self._held = b""
        self.url = ""

    def run_and_die(self, step: Step) -> None:
        """Run the step in a process of its own, which is killed once it has sent its request."""
        process = _start(step, at="")
        assert process.pid is not None
        self._victim = process.pid
        self._victim_known.set()
        assert _exit_code_of(process) == -signal.SIGKILL

    def deliver(self) -> None:
        """Let the request arrive that was under way when its sender died."""
        self._forward(self._held)

    def handle(self, connection: socket.socket, over: Event) -> None:
        head, body = read_request(connection)
        self._held = head + b"\r\n\r\n" + body
        if self._arrives:
            self._forward(self._held)
        self._victim_known.wait(ENDS_WITHIN)
        os.kill(self._victim, signal.SIGKILL)

    def _forward(self, request: bytes) -> None:
        with socket.create_connection((self._notary.hostname, self._notary.port), timeout=ENDS_WITHIN) as upstream:
            upstream.sendall(request)
            # The status line is there when the notary has committed.
            assert upstream.recv(65536).startswith(b"HTTP/1.1 200")


@contextmanager
def wire(notary_url: str, *, arrives: bool) -> Iterator[Wire]:
    between = Wire(notary_url, arrives=arrives)
    with serving(between.handle) as server:
        assert isinstance(server, Server)
        between.url = server.url
        yield between
