"""The load generator reads answers as they come over the wire, and counts what they say."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

import pytest

from maintenance.bench.generator import Decisions, Payments, body_of, generate
from notary.client.mac import Credentials

KEY = "key-of-a-platform-in-a-test-of-the-bench"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def payments() -> Payments:
    return Payments(host="localhost:1", region="bench", tokens=["token"], tills=["TILL"], amount=10)


def decisions(batch: int = 2) -> Decisions:
    voucher = "01a20d8e-252c-70bf-874d-cc1f78d5816f"
    return Decisions(host="localhost:1", platform="hansatsu", key=KEY, vouchers=[voucher], batch=batch)


@pytest.mark.parametrize(
    ("received", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Le", None),
        (HEAD + b"Content-Length: 5\r\n\r\nhel", None),
        (HEAD + b"Content-Length: 5\r\n\r\nhello", b"hello"),
        (HEAD + b"content-length: 0\r\n\r\n", b""),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", None),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", b"hello world"),
    ],
)
def test_an_answer_has_a_body_once_it_is_complete(received: bytes, body: bytes | None) -> None:
    assert body_of(bytearray(received)) == body


def test_a_payment_is_asked_for_as_the_app_does() -> None:
    head, _, body = payments().request().partition(b"\r\n\r\n")

    assert head.startswith(b"POST /api/v1/regions/bench/payments HTTP/1.1\r\n")
    assert b"X-Session-Token: token" in head
    assert b"Idempotency-Key: " in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert json.loads(body) == {"till": "TILL", "amount": 10}


def test_every_payment_has_a_key_of_its_own() -> None:
    source = payments()

    assert source.request() != source.request()


@pytest.mark.parametrize(
    ("status", "body", "counted"),
    [
        (201, b'{"status": "completed"}', {"completed": 1}),
        (202, b'{"status": "pending"}', {"pending": 1}),
        (503, b"{}", {"status 503": 1}),
    ],
)
def test_what_a_payment_is_counted_as(status: int, body: bytes, counted: dict[str, int]) -> None:
    assert payments().judge(status, body) == counted


def test_a_batch_proves_whose_it_is() -> None:
    head, _, body = decisions().request().partition(b"\r\n\r\n")

    header = next(line for line in head.decode().split("\r\n") if line.startswith("Authorization: "))
    credentials = Credentials.parse(header.removeprefix("Authorization: "))
    assert credentials is not None
    assert credentials.proven_by(KEY.encode(), "POST", "/v1/decisions")
    assert credentials.body_hash == sha256(body).hexdigest()
    assert [entry["kind"] for entry in json.loads(body)["requests"]] == ["commit", "commit"]


@pytest.mark.parametrize(("committed", "counted"), [(2, {"committed": 2}), (1, {"committed": 1, "status 200": 1})])
def test_only_what_was_committed_is_counted_as_that(committed: int, counted: dict[str, int]) -> None:
    outcome = b'{"id":"1","outcome":"committed","reason":null,"position":1,"receipt":{"outcome":"committed"}}'

    assert decisions().judge(200, b",".join([outcome] * committed)) == counted


def test_it_asks_until_the_time_is_over_and_tells_what_it_took_itself() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            length = next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
            await reader.readexactly(int(length.split()[1]))
            writer.write(b'HTTP/1.1 201 Created\r\ncontent-length: 22\r\n\r\n{"status":"completed"}')
        writer.close()

    tally = asyncio.run(_against(answer, clients=3, seconds=0.2))

    assert tally["answers"].keys() == {"completed"}
    assert tally["answers"]["completed"] == len(tally["latencies"]) > 3
    assert 0 < tally["processor"] <= 1.1


def test_a_server_that_hangs_up_is_told() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _head(reader)
        writer.close()

    tally = asyncio.run(_against(hang_up, clients=2, seconds=0.2))

    assert tally["answers"] == {"connection lost": 2}


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _against(serve: Serve, *, clients: int, seconds: float) -> dict[str, Any]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        source = {"region": "bench", "tokens": ["token"], "tills": ["TILL"], "amount": 10}
        plan = {"kind": "payments", "host": "127.0.0.1", "port": port, "clients": clients, "seconds": seconds}
        return await generate({**plan, "source": source})
