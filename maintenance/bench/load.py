"""The load generator started against a stack, and what it has seen."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

from maintenance.bench.stack import PLATFORM, BenchStack

GENERATOR = "maintenance.bench.generator"
AMOUNT = 10


class LoadFailed(Exception):
    """The load generator ended without a tally, or nothing of what it asked was answered as it should be."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came back in one run. Latencies in seconds; `processor` is the generator's own share of one."""

    answers: dict[str, int]
    latencies: Sequence[float]
    seconds: float
    processor: float

    def per_second(self, answer: str) -> float:
        return self.answers.get(answer, 0) / self.seconds

    def others(self, *expected: str) -> dict[str, int]:
        """What else was answered."""
        return {answer: count for answer, count in self.answers.items() if answer not in expected}


def pay(stack: BenchStack, *, clients: int, seconds: float) -> Run:
    """Random wallets of the town pay at random tills."""
    town = stack.town
    source = {"region": town.region, "tokens": town.tokens, "tills": town.tills, "amount": AMOUNT}
    return _drive("payments", stack.web, source, clients=clients, seconds=seconds)


def decide(stack: BenchStack, *, batch: int, clients: int, seconds: float) -> Run:
    """Batches of commits on random vouchers of the town, asked of the notary directly."""
    source = {"platform": PLATFORM, "key": stack.key, "vouchers": vouchers_of(stack), "batch": batch}
    return _drive("decisions", stack.notary, source, clients=clients, seconds=seconds)


def vouchers_of(stack: BenchStack) -> list[str]:
    with psycopg.connect(stack.notary_database_url) as connection:
        return [str(voucher) for (voucher,) in connection.execute("SELECT voucher FROM notary_account")]


def _drive(kind: str, url: str, source: dict[str, Any], *, clients: int, seconds: float) -> Run:
    # By number: the server listens on this address, and `localhost` may be another one first.
    place = {"host": "127.0.0.1", "port": urlsplit(url).port}
    plan = {"kind": kind, **place, "clients": clients, "seconds": seconds, "source": source}
    done = subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-m", GENERATOR],
        cwd=settings.BASE_DIR,
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LoadFailed(done.stderr[-4000:])
    return Run(**json.loads(done.stdout))
