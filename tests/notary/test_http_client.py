"""The client against servers that fail in every way: the budget holds, and no library's error leaks."""

import time
from socket import gaierror, socket
from threading import Event
from uuid import uuid4

import pytest

from notary.client.errors import (
    NotaryNotReached,
    NotaryReset,
    NotaryTimedOut,
    NotaryUnavailable,
)
from notary.client.http import HttpNotary
from notary.client.values import Commit, Void
from tests.notary.servers import (
    Handler,
    answering,
    black_hole,
    client,
    drip,
    notary_answer,
    reset,
    sending,
    serving,
)
from tests.notary.situations import KEY, PLATFORM

BUDGET = 0.4
# What a busy machine may add to a budget before a test calls it broken.
GRACE = 2.0


class TestBudget:
    @pytest.mark.parametrize(
        "handler",
        [
            pytest.param(black_hole, id="a black hole"),
            pytest.param(drip(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000), id="headers byte by byte"),
            pytest.param(drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), id="endless continue"),
            pytest.param(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + b"x" * 900), id="body byte by byte"),
            pytest.param(
                drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 999),
                id="chunk by chunk",
            ),
        ],
    )
    def test_is_one_for_the_whole_call(self, handler: Handler) -> None:
        with serving(handler) as server:
            began = time.monotonic()

            with pytest.raises(NotaryTimedOut):
                client(server.url).decide([Void(uuid4())], budget=BUDGET)

            assert time.monotonic() - began < BUDGET + GRACE

    def test_bounds_sending_to_one_who_does_not_read(self) -> None:
        requests = [Commit(uuid4(), tuple((uuid4(), 1) for _ in range(100))) for _ in range(1000)]
        with serving(black_hole) as server:
            began = time.monotonic()

            with pytest.raises(NotaryTimedOut):
                client(server.url).decide(requests, budget=BUDGET)

            assert time.monotonic() - began < BUDGET + GRACE

    def test_bounds_the_tls_handshake(self) -> None:
        with serving(black_hole) as server:
            began = time.monotonic()

            with pytest.raises(NotaryTimedOut):
                client(server.url.replace("http:", "https:")).decide([Void(uuid4())], budget=BUDGET)

            assert time.monotonic() - began < BUDGET + GRACE

    def test_bounds_the_look_up_of_a_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        over = Event()

        def hang(host: str, port: int, **options: object) -> list[object]:
            if options.get("flags"):
                raise gaierror
            over.wait()
            return []

        monkeypatch.setattr("socket.getaddrinfo", hang)
        began = time.monotonic()
        with pytest.raises(NotaryTimedOut):
            client("http://notary.example").decide([Void(uuid4())], budget=BUDGET)

        assert time.monotonic() - began < BUDGET + GRACE
        over.set()

    def test_that_is_used_up_sends_nothing(self) -> None:
        with serving(answering(notary_answer)) as server:
            with pytest.raises(NotaryTimedOut):
                client(server.url).decide([Void(uuid4())], budget=0)

            assert server.accepted == 0


class TestFailures:
    def test_nobody_listening_is_not_reached(self) -> None:
        with serving(black_hole) as server:
            url = server.url

        with pytest.raises(NotaryNotReached):
            client(url).decide([Void(uuid4())], budget=BUDGET)

    def test_an_unknown_name_is_not_reached(self) -> None:
        for url in ("http://name.invalid", "http://" + "x" * 70 + ".invalid"):
            with pytest.raises((NotaryNotReached, NotaryTimedOut)):
                client(url).decide([Void(uuid4())], budget=BUDGET)

    def test_a_peer_that_speaks_no_tls_is_not_reached(self) -> None:
        def speak_plainly(connection: socket, over: Event) -> None:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        with serving(speak_plainly) as server, pytest.raises(NotaryNotReached):
            client(server.url.replace("http:", "https:")).decide([Void(uuid4())], budget=5)

    @pytest.mark.parametrize(
        "handler",
        [
            pytest.param(reset, id="reset"),
            pytest.param(sending(b""), id="closed without a word"),
            pytest.param(sending(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), id="broken off"),
        ],
    )
    def test_a_connection_that_breaks_is_a_reset(self, handler: Handler) -> None:
        with serving(handler) as server, pytest.raises(NotaryReset):
            client(server.url).decide([Void(uuid4())], budget=5)

    @pytest.mark.parametrize(
        "data",
        [
            b"garbage\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/9.9 200 OK\r\n\r\n",
            b"\x00" * 70_000,
        ],
    )
    def test_garbage_is_a_bad_answer(self, data: bytes) -> None:
        with serving(sending(data)) as server, pytest.raises(NotaryUnavailable) as failure:
            client(server.url).decide([Void(uuid4())], budget=5)

        assert failure.value.cause in ("bad_answer", "not_authentic", "reset")

    def test_what_is_raised_names_its_cause(self) -> None:
        causes = {error.cause for error in NotaryUnavailable.__subclasses__()}

        assert causes == {
            "connect", "timeout", "reset", "bad_answer", "overloaded", "not_ready", "not_authentic",
        }  # fmt: skip


class TestConnections:
    def test_are_kept_alive(self) -> None:
        with serving(answering(notary_answer)) as server:
            notary = client(server.url)
            for _ in range(3):
                notary.decide([Void(uuid4())], budget=5)

            assert server.accepted == 1

    def test_that_have_gone_stale_are_replaced_within_the_call(self) -> None:
        with serving(answering(notary_answer, times=1)) as server:
            notary = client(server.url)
            for _ in range(3):
                assert notary.decide([Void(uuid4())], budget=5)

            assert server.accepted == 3

    def test_are_all_dropped_when_one_fails(self) -> None:
        def answer_then_hang(connection: socket, over: Event) -> None:
            answering(notary_answer, times=1)(connection, over)
            over.wait()

        with serving(answer_then_hang, answering(notary_answer)) as server:
            notary = client(server.url)
            notary.decide([Void(uuid4())], budget=5)
            with pytest.raises(NotaryTimedOut):
                notary.decide([Void(uuid4())], budget=BUDGET)

            assert notary.decide([Void(uuid4())], budget=5)
            assert server.accepted == 2

    def test_a_fresh_one_that_breaks_is_not_tried_again(self) -> None:
        with serving(reset) as server:
            with pytest.raises(NotaryReset):
                client(server.url).decide([Void(uuid4())], budget=5)

            assert server.accepted == 1


def test_the_guard_is_asked_before_anything_is_sent() -> None:
    class InTransaction(Exception):
        pass

    def refuse() -> None:
        raise InTransaction

    with serving(answering(notary_answer)) as server:
        notary = client(server.url, guard=refuse)
        for call in (
            lambda: notary.decide([], budget=5),
            lambda: notary.decision(uuid4(), budget=5),
            lambda: notary.log(0, 1, budget=5),
            lambda: notary.keys(budget=5),
            lambda: notary.checkpoint(budget=5),
        ):
            with pytest.raises(InTransaction):
                call()

        assert server.accepted == 0


@pytest.mark.parametrize("url", ["", "notary:8100", "ftp://notary", "http://"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        HttpNotary(url, PLATFORM, KEY)
