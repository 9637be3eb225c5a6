"""One HTTP exchange within a deadline, over connections that are kept alive; every failure is named."""

import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Lock
from typing import cast
from urllib.parse import urlsplit

from notary.client.deadline import BoundedSocket, Deadline, bounded, open_socket
from notary.client.errors import (
    NotaryBadAnswer,
    NotaryNotReached,
    NotaryReset,
    NotaryTimedOut,
)
from notary.client.mac import ANSWER_HEADER

MAX_ANSWER = 16 * 1024 * 1024
KEPT_MAX = 16


@dataclass(frozen=True, slots=True)
class Question:
    """One HTTP request, ready to be sent."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response, read to its end, with the proof that came with it."""

    status: int
    proof: str
    body: bytes


class Exchange:
    """Talks to one origin; safe among threads and across forks."""

    def __init__(self, url: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the notary's address must be an http or https URL")
        self._tls = bounded(tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._host = parts.hostname
        self._port = parts.port or (443 if self._tls else 80)
        self._prefix = parts.path.rstrip("/")
        self._kept: list[HTTPConnection] = []
        self._owner = os.getpid()
        self._lock = Lock()

    def ask(self, question: Question, deadline: Deadline) -> Answer:
        """The answer, or NotaryNotReached, NotaryTimedOut, NotaryReset or NotaryBadAnswer."""
        kept = self._take()
        if kept:
            try:
                return self._ask_on(kept, question, deadline)
            except NotaryReset:
                # The other side may have closed it since. Asking again is safe: the first decision on
                # an id is the only one.
                pass
        return self._ask_on(self._open(deadline), question, deadline)

    def close(self) -> None:
        """Close the connections that are kept."""
        with self._lock:
            kept, self._kept = self._kept, []
        for connection in kept:
            connection.close()

    def _ask_on(self, connection: HTTPConnection, question: Question, deadline: Deadline) -> Answer:
        cast(BoundedSocket, connection.sock).deadline = deadline
        try:
            with _asking():
                connection.request(
                    question.method, self._prefix + question.target, question.body or None, dict(question.headers)
                )
                response = connection.getresponse()
                answer = _read(response)
        except BaseException:
            connection.close()
            # What broke this connection has very likely broken the others that were kept beside it.
            self.close()
            raise
        self._keep(connection, response)
        return answer

    def _open(self, deadline: Deadline) -> HTTPConnection:
        connection = HTTPConnection(self._host, self._port)
        try:
            connection.sock = open_socket(self._host, self._port, self._tls, deadline)
        except TimeoutError as late:
            raise NotaryTimedOut("no connection in time") from late
        except (OSError, UnicodeError) as unreached:
            raise NotaryNotReached(str(unreached)) from unreached
        return connection

    def _take(self) -> HTTPConnection | None:
        with self._lock:
            if self._owner != os.getpid():
                # After a fork the sockets belong to the parent; two processes on one would mix their answers.
                self._owner, self._kept = os.getpid(), []
            return self._kept.pop() if self._kept else None

    def _keep(self, connection: HTTPConnection, response: HTTPResponse) -> None:
        with self._lock:
            if not response.will_close and len(self._kept) < KEPT_MAX:
                self._kept.append(connection)
                return
        connection.close()


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except TimeoutError as late:
        raise NotaryTimedOut("no answer in time") from late
    except OSError as broken:
        raise NotaryReset(str(broken)) from broken
    except (HTTPException, ValueError) as garbled:
        raise NotaryBadAnswer(type(garbled).__name__) from garbled


def _read(response: HTTPResponse) -> Answer:
    body = response.read(MAX_ANSWER)
    if not response.isclosed():
        if len(body) == MAX_ANSWER:
            raise ValueError("the answer is too large")
        raise ConnectionResetError("the answer broke off")
    return Answer(response.status, response.headers.get(ANSWER_HEADER, ""), body)
