"""Notaries for tests: the real rules over the in-memory store, and faults between it and the platform."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone

from notary.client.errors import NotaryTimedOut
from notary.client.port import Notary
from notary.client.values import BucketSums, LogPage, Outcome, PublicKey, Request, SignedBatch
from notary.inprocess import InProcessNotary
from notary.sealing import Signer
from notary.stores.memory import MemoryStore
from vouchers.notaries import refuse_in_transaction


class FaultyNotary:
    """A notary behind a network that can be cut: before a request arrives, or before its answer comes back."""

    def __init__(self, inner: Notary) -> None:
        self.inner = inner
        self.is_cut = False
        self.loses_answers = False
        self.calls: list[Sequence[Request]] = []

    def decide(self, requests: Sequence[Request], *, budget: float) -> list[Outcome]:
        refuse_in_transaction()
        self.calls.append(requests)
        self._fail_if(self.is_cut)
        outcomes = self.inner.decide(requests, budget=budget)
        self._fail_if(self.loses_answers)
        return outcomes

    def decision(self, id: UUID, *, budget: float) -> Outcome | None:
        self._fail_if(self.is_cut)
        return self.inner.decision(id, budget=budget)

    def log(self, after: int, limit: int, *, budget: float) -> LogPage:
        self._fail_if(self.is_cut)
        return self.inner.log(after, limit, budget=budget)

    def sums(self, after: int, until: int, width: int, *, budget: float) -> list[BucketSums]:
        self._fail_if(self.is_cut)
        return self.inner.sums(after, until, width, budget=budget)

    def keys(self, *, budget: float) -> list[PublicKey]:
        self._fail_if(self.is_cut)
        return self.inner.keys(budget=budget)

    def checkpoint(self, *, budget: float) -> SignedBatch:
        self._fail_if(self.is_cut)
        return self.inner.checkpoint(budget=budget)

    def _fail_if(self, broken: bool) -> None:
        if broken:
            raise NotaryTimedOut


_by_url: dict[str, FaultyNotary] = {}


def notary_in_process(url: str, *_arguments: Any, **_options: Any) -> FaultyNotary:
    """One notary for each address; `forget_notaries` makes them new."""
    if url not in _by_url:
        store = MemoryStore(clock=timezone.now)
        _by_url[url] = FaultyNotary(
            InProcessNotary(store, Signer(Ed25519PrivateKey.generate()), settings.NOTARY_PLATFORM)
        )
    return _by_url[url]


def forget_notaries() -> None:
    _by_url.clear()
