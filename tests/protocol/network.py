"""The way to the notary under a clock that a test moves: every fault there is, and none of them waits."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from notary.client.errors import NotaryNotReached, NotaryReset, NotaryTimedOut
from notary.client.values import BucketSums, LogPage, Outcome, PublicKey, Request, SignedBatch
from notary.inprocess import InProcessNotary
from notary.stores.memory import MemoryStore
from tests.notary.situations import NOW, PLATFORM, SIGNER
from vouchers.notaries import refuse_in_transaction

SLOW = 1.5

T = TypeVar("T")


class Clock:
    """The time of the platform. `on_move` is told of every new time."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.on_move: Callable[[datetime], None] = lambda now: None

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.on_move(self.now)

    def monotonic(self) -> float:
        return (self.now - NOW).total_seconds()


class Fault(StrEnum):
    """What may become of one call."""

    NONE = "none"
    CUT = "cut before arrival"
    LOST = "answer lost after commit"
    DELAYED = "delayed until the caller has given up"
    DOUBLED = "delivered, and delivered again later"
    SLOW = "slow"


class Network:
    """The port `Notary` over the real rules in memory, and whatever is between it and the platform.

    `weather` is the fate of the calls to come, in turn and over and over. What is delayed or doubled
    is in `under_way` until `arrive`. The notary's own clock runs `skew` seconds before the platform's.
    """

    def __init__(self, clock: Clock, *, skew: float = 0.0) -> None:
        self.clock = clock
        self.store = MemoryStore(clock=lambda: clock.now + timedelta(seconds=skew))
        self.notary = InProcessNotary(self.store, SIGNER, PLATFORM)
        self.under_way: list[Sequence[Request]] = []
        self.weather: Sequence[Fault] = (Fault.NONE,)
        self._calls = 0

    def heal(self) -> None:
        self.weather = (Fault.NONE,)

    def arrive(self, number: int = 0) -> None:
        """Deliver what is under way; nobody waits for the answer any longer."""
        self.notary.decide(self.under_way.pop(number), budget=0)

    def decide(self, requests: Sequence[Request], *, budget: float) -> list[Outcome]:
        refuse_in_transaction()
        fault = self._next_fault()
        if fault is Fault.CUT:
            raise NotaryNotReached
        if fault in {Fault.DELAYED, Fault.DOUBLED}:
            self.under_way.append(requests)
        if fault is Fault.DELAYED:
            self.clock.pass_seconds(budget)
            raise NotaryTimedOut
        if fault is Fault.SLOW:
            self.clock.pass_seconds(SLOW)
        outcomes = self.notary.decide(requests, budget=budget)
        if fault is Fault.LOST:
            raise NotaryReset
        return outcomes

    def decision(self, id: UUID, *, budget: float) -> Outcome | None:
        return self._read(lambda: self.notary.decision(id, budget=budget))

    def log(self, after: int, limit: int, *, budget: float) -> LogPage:
        return self._read(lambda: self.notary.log(after, limit, budget=budget))

    def sums(self, after: int, until: int, width: int, *, budget: float) -> list[BucketSums]:
        return self._read(lambda: self.notary.sums(after, until, width, budget=budget))

    def keys(self, *, budget: float) -> list[PublicKey]:
        return self._read(lambda: self.notary.keys(budget=budget))

    def checkpoint(self, *, budget: float) -> SignedBatch:
        return self._read(lambda: self.notary.checkpoint(budget=budget))

    def _read(self, call: Callable[[], T]) -> T:
        """What reads changes nothing wherever it ends, so it can only fail."""
        refuse_in_transaction()
        if self._next_fault() is Fault.CUT:
            raise NotaryNotReached
        return call()

    def _next_fault(self) -> Fault:
        self._calls += 1
        return self.weather[self._calls % len(self.weather)]


_by_url: dict[str, Network] = {}


def connect(url: str, network: Network) -> None:
    """Let the platform find this network at the address."""
    _by_url[url] = network


def network_at(url: str, *_arguments: Any, **_options: Any) -> Network:
    """The adapter for NOTARY_ADAPTER."""
    return _by_url[url]
