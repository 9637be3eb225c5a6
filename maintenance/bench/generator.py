"""Clients in a process of their own, each with one connection, each asking again as soon as it is answered.

It shares the machine with what it measures, so it does as little as it can, and tells what it took itself.
Run with a plan on standard input; the tally comes as one line of JSON. Nothing of Django is loaded.
"""

import asyncio
import json
import random
import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol, cast
from uuid import uuid4

from notary.client.mac import credentials_for

DECIDE = "/v1/decisions"
# As an outcome is spelled; in the signed leaf, which says it again, no position follows.
COMMITTED = b'"outcome":"committed","reason":null,"position"'
LAST_CHUNK = b"0\r\n\r\n"


class Source(Protocol):
    """What the clients ask, and what their answers are worth."""

    def request(self) -> bytes:
        """The bytes of the next request."""

    def judge(self, status: int, body: bytes) -> dict[str, int]:
        """What the answer is counted as."""


@dataclass
class Payments:
    """A random wallet pays at a random till, as its owner's app does."""

    host: str
    region: str
    tokens: list[str]
    tills: list[str]
    amount: int

    def request(self) -> bytes:
        till, token = random.choice(self.tills), random.choice(self.tokens)  # noqa: S311 nobody gains by guessing
        body = b'{"till":"%s","amount":%d}' % (till.encode(), self.amount)
        headers = {"X-Session-Token": token, "Idempotency-Key": str(uuid4())}
        return post(self.host, f"/api/v1/regions/{self.region}/payments", headers, body)

    def judge(self, status: int, body: bytes) -> dict[str, int]:
        if status in (201, 202):
            return {str(json.loads(body)["status"]): 1}
        return {f"status {status}": 1}


@dataclass
class Decisions:
    """Batches of commits, proven by the platform's key, each spending a little of one voucher."""

    host: str
    platform: str
    key: str
    vouchers: list[str]
    batch: int

    def request(self) -> bytes:
        drawn = random.choices(self.vouchers, k=self.batch)  # noqa: S311 nobody gains by guessing
        commits = [
            {"kind": "commit", "id": str(uuid4()), "allocations": [{"amount": 1, "voucher": voucher}]}
            for voucher in drawn
        ]
        body = json.dumps({"requests": commits}).encode()
        credentials = credentials_for(
            platform=self.platform,
            key=self.key.encode(),
            method="POST",
            target=DECIDE,
            body=body,
            at_ms=int(time.time() * 1000),
        )
        return post(self.host, DECIDE, {"Authorization": credentials.header()}, body)

    def judge(self, status: int, body: bytes) -> dict[str, int]:
        committed = body.count(COMMITTED) if status == 200 else 0
        others = self.batch - committed
        return {"committed": committed} | ({f"status {status}": others} if others else {})


SOURCES = {"payments": Payments, "decisions": Decisions}


def post(host: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {host}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Tally:
    """What came back, and how long each answer took (seconds)."""

    answers: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


class Client(asyncio.Protocol):
    """One connection that is kept alive, and one question at a time. `done` is set when it asks no more."""

    def __init__(self, source: Source, tally: Tally, until: float) -> None:
        self.source, self.tally, self.until = source, tally, until
        self.done = asyncio.get_running_loop().create_future()
        self.received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.ask()

    def ask(self) -> None:
        self.began = time.perf_counter()
        if self.began >= self.until:
            self.transport.close()
            return
        self.transport.write(self.source.request())

    def data_received(self, data: bytes) -> None:
        self.received += data
        if (body := body_of(self.received)) is None:
            return
        self.tally.seconds.append(time.perf_counter() - self.began)
        self.tally.answers.update(self.source.judge(int(self.received.split(b" ", 2)[1]), body))
        self.received.clear()
        self.ask()

    def connection_lost(self, problem: Exception | None) -> None:
        if time.perf_counter() < self.until or self.received:
            self.tally.answers["connection lost"] += 1
        self.done.set_result(None)


def body_of(received: bytearray) -> bytes | None:
    """The answer's body, once it has come to its end."""
    head, complete, body = received.partition(b"\r\n\r\n")
    if not complete:
        return None
    headers = dict(line.partition(b": ")[::2] for line in bytes(head).lower().split(b"\r\n")[1:])
    if (length := headers.get(b"content-length")) is not None:
        return bytes(body) if len(body) >= int(length) else None
    return dechunked(body) if body.endswith(LAST_CHUNK) else None


def dechunked(body: bytearray) -> bytes:
    chunks: list[bytes] = []
    at = 0
    while True:
        end = body.index(b"\r\n", at)
        size = int(body[at:end], 16)
        if not size:
            return b"".join(chunks)
        chunks.append(bytes(body[end + 2 : end + 2 + size]))
        at = end + 2 + size + 2


async def generate(plan: dict[str, Any]) -> dict[str, Any]:
    """Ask for so many seconds with so many clients, and return the tally with our share of one processor."""
    source: Source = SOURCES[plan["kind"]](host=f"{plan['host']}:{plan['port']}", **plan["source"])
    tally, loop = Tally(), asyncio.get_running_loop()
    began, used = time.perf_counter(), processor_seconds()
    until = began + plan["seconds"]
    clients = []
    for _ in range(plan["clients"]):
        _transport, client = await loop.create_connection(
            lambda: Client(source, tally, until), plan["host"], plan["port"]
        )
        clients.append(client.done)
    await asyncio.gather(*clients)
    elapsed = time.perf_counter() - began
    return {
        "answers": dict(tally.answers),
        "latencies": tally.seconds,
        "seconds": elapsed,
        "processor": (processor_seconds() - used) / elapsed,
    }


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(generate(json.load(sys.stdin)))) + "\n")
