"""Sockets that obey one deadline from the first byte to the last.

A socket's timeout alone bounds each operation, so a peer that sends one byte per second is never
too late. These set the timeout to what is left of the whole budget before every operation.
"""

import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from typing import Any, cast


class Deadline:
    """The end of a budget of seconds."""

    def __init__(self, budget: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + budget

    def left(self) -> float:
        """Seconds left, more than none; raise TimeoutError if the budget is used up."""
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError("the budget is used up")
        return left


class _Bounded(socket.socket):
    deadline: Deadline

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left())
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left())
        return super().send(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(self.deadline.left())
        super().sendall(*args, **kwargs)


class BoundedSocket(_Bounded):
    """A TCP socket whose `deadline` bounds all that is sent and received."""


class BoundedTlsSocket(_Bounded, ssl.SSLSocket):
    """The same over TLS."""


def open_socket(host: str, port: int, tls: ssl.SSLContext | None, deadline: Deadline) -> _Bounded:
    """Look the host up, connect and shake hands, all before the deadline; raise OSError or UnicodeError."""
    sock = _connect(_addresses(host, port, deadline), deadline)
    if tls is None:
        return sock
    try:
        return _secured(sock, host, tls, deadline)
    except BaseException:
        sock.close()
        raise


def bounded(context: ssl.SSLContext) -> ssl.SSLContext:
    """The same context, for sockets that obey a deadline."""
    context.sslsocket_class = BoundedTlsSocket
    return context


def _secured(sock: BoundedSocket, host: str, tls: ssl.SSLContext, deadline: Deadline) -> _Bounded:
    # The handshake waits, so it must not begin before the new socket knows its deadline.
    secured = cast(BoundedTlsSocket, tls.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False))
    secured.deadline = deadline
    try:
        secured.settimeout(deadline.left())
        secured.do_handshake()
    except BaseException:
        secured.close()
        raise
    return secured


def _connect(addresses: list[Any], deadline: Deadline) -> BoundedSocket:
    for untried in range(len(addresses), 1, -1):
        # A share for each address: the first one may be a black hole and the next one well.
        with suppress(OSError):
            return _connected(addresses[-untried], deadline, deadline.left() / untried)
    return _connected(addresses[-1], deadline, deadline.left())


def _connected(address: Any, deadline: Deadline, timeout: float) -> BoundedSocket:
    family, kind, protocol, _, place = address
    sock = BoundedSocket(family, kind, protocol)
    sock.deadline = deadline
    try:
        sock.settimeout(timeout)
        sock.connect(place)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def _addresses(host: str, port: int, deadline: Deadline) -> list[Any]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return _looked_up(host, port, deadline)


def _looked_up(host: str, port: int, deadline: Deadline) -> list[Any]:
    # The resolver takes no timeout, so that it is left to a thread which nobody waits for any longer.
    found: Future[list[Any]] = Future()

    def look_up() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as unknown:
            found.set_exception(unknown)

    Thread(target=look_up, name="look-up", daemon=True).start()
    return found.result(timeout=deadline.left())
