"""TCP servers that do with a client whatever a test tells them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, SO_LINGER, SOL_SOCKET, socket
from struct import pack
from threading import Event, Thread
from uuid import UUID

from notary.client.http import HttpNotary
from notary.client.mac import Credentials, answer_proof
from notary.client.values import Outcome, Void
from notary.client.wire import outcome_to_wire
from notary.stores.memory import MemoryStore
from tests.notary.situations import KEY, PLATFORM, PUBLIC_KEYS, Desk

Handler = Callable[[socket, Event], None]


class Server:
    """A TCP server that does with each connection what a test tells it."""

    def __init__(self, *handlers: Handler) -> None:
        self.handlers = handlers
        self.accepted = 0
        self.requests: list[bytes] = []
        self.over = Event()
        self.listener = socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen()
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                handler = self.handlers[min(self.accepted, len(self.handlers) - 1)]
                self.accepted += 1
                Thread(target=self.handle, args=(handler, connection), daemon=True).start()

    def handle(self, handler: Handler, connection: socket) -> None:
        with connection, suppress(OSError):
            handler(connection, self.over)


@contextmanager
def serving(*handlers: Handler) -> Iterator[Server]:
    server = Server(*handlers)
    Thread(target=server.serve, daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        with suppress(OSError):
            server.listener.shutdown(SHUT_RDWR)
        server.listener.close()


def client(url: str, **options: object) -> HttpNotary:
    return HttpNotary(url, PLATFORM, KEY, public_keys=PUBLIC_KEYS, **options)  # type: ignore[arg-type]


def read_request(connection: socket) -> tuple[bytes, bytes]:
    """Head and body of one request; both empty when the other side has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return b"", b""
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().splitlines() if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head, body


def proven_answer(head: bytes, status: int, body: bytes, key: str = KEY) -> bytes:
    [line] = [line for line in head.decode().splitlines() if line.startswith("Authorization: ")]
    credentials = Credentials.parse(line.removeprefix("Authorization: "))
    assert credentials is not None
    proof = answer_proof(key.encode(), credentials.mac, status, body)
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nHansatsu-Mac: {proof}\r\n\r\n".encode() + body


def answering(answer: Callable[[bytes, bytes], bytes], times: int = 1000) -> Handler:
    """Answer requests on a connection that is kept alive, then close it."""

    def handle(connection: socket, over: Event) -> None:
        for _ in range(times):
            head, body = read_request(connection)
            if not head:
                return
            connection.sendall(answer(head, body))

    return handle


def notary_answer(head: bytes, body: bytes) -> bytes:
    """What a well notary would say, from books that begin anew with each request."""
    outcomes = Desk(MemoryStore()).batch(*(Void(wanted) for wanted in map(id_of, json.loads(body)["requests"])))
    return proven_answer(head, 200, told(outcomes))


def id_of(wire: dict[str, str]) -> UUID:
    return UUID(wire["id"])


def told(outcomes: list[Outcome]) -> bytes:
    return json.dumps({"outcomes": [outcome_to_wire(outcome) for outcome in outcomes]}).encode()


def drip(data: bytes) -> Handler:
    def handle(connection: socket, over: Event) -> None:
        read_request(connection)
        for byte in data:
            if over.wait(0.05):
                return
            connection.sendall(bytes([byte]))

    return handle


def black_hole(connection: socket, over: Event) -> None:
    over.wait()


def reset(connection: socket, over: Event) -> None:
    read_request(connection)
    connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))


def sending(data: bytes) -> Handler:
    def handle(connection: socket, over: Event) -> None:
        read_request(connection)
        connection.sendall(data)

    return handle
