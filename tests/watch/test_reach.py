"""How far a plain question comes, against real sockets that fail in every way."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from maintenance.watch.observation import Reach
from maintenance.watch.reach import over, reach

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            connection, _ = server.accept()
            with connection:
                serve(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def answer(connection: socket.socket) -> None:
    connection.recv(1000)
    connection.sendall(ANSWER)


def answer_late(connection: socket.socket) -> None:
    time.sleep(0.8)
    answer(connection)


def be_silent(connection: socket.socket) -> None:
    time.sleep(1.5)


def break_off(connection: socket.socket) -> None:
    connection.recv(10)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def hang_up(connection: socket.socket) -> None:
    connection.recv(1000)


@pytest.mark.parametrize(
    ("serve", "expected"),
    [
        (answer, Reach.ANSWERS),
        (answer_late, Reach.SLOW),
        (be_silent, Reach.SILENT),
        (break_off, Reach.BROKEN),
        (hang_up, Reach.CLOSED),
    ],
)
def test_an_address_that_listens(serve: Callable[[socket.socket], None], expected: Reach) -> None:
    with listening(serve) as url:
        assert reach(url) is expected


def test_an_address_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert reach(f"http://127.0.0.1:{port}") is Reach.REFUSED


def test_a_name_that_does_not_exist_is_silence() -> None:
    assert reach("http://notary.invalid:8100") is Reach.SILENT


def test_the_last_seconds_in_one_word() -> None:
    assert over([]) is Reach.SILENT
    assert over([Reach.ANSWERS, Reach.ANSWERS]) is Reach.ANSWERS
    assert over([Reach.BROKEN, Reach.ANSWERS]) is Reach.BROKEN
    assert over([Reach.SILENT, Reach.BROKEN, Reach.SLOW]) is Reach.SILENT
    # A process that is down now, whatever was before; one that is up again is not down.
    assert over([Reach.SILENT, Reach.REFUSED]) is Reach.REFUSED
    assert over([Reach.BROKEN, Reach.CLOSED]) is Reach.CLOSED
    assert over([Reach.REFUSED, Reach.ANSWERS]) is Reach.ANSWERS
