"""The client's port without a network, for simulations and tests: it speaks to the use-cases directly."""

from collections.abc import Sequence
from uuid import UUID

from notary.client.values import BucketSums, LogPage, Outcome, PublicKey, Request, SignedBatch
from notary.client.wire import InvalidRequest, request_from_wire, request_to_wire
from notary.decisions import Decisions, unreadable
from notary.sealing import Signer
from notary.store import Store


class InProcessNotary:
    """The port `Notary` for one platform over a store in this process; budgets are never used up."""

    def __init__(self, store: Store, signer: Signer, platform: str) -> None:
        self._decisions = Decisions(store, signer)
        self._signer = signer
        self._platform = platform

    def decide(self, requests: Sequence[Request], *, budget: float) -> list[Outcome]:
        return self._decisions.decide(self._platform, [_entry(request) for request in requests])

    def decision(self, id: UUID, *, budget: float) -> Outcome | None:
        return self._decisions.decision(self._platform, id)

    def log(self, after: int, limit: int, *, budget: float) -> LogPage:
        return self._decisions.log(self._platform, after, limit)

    def sums(self, after: int, until: int, width: int, *, budget: float) -> list[BucketSums]:
        return self._decisions.sums(self._platform, after, until, width)

    def keys(self, *, budget: float) -> list[PublicKey]:
        return [self._signer.public]

    def checkpoint(self, *, budget: float) -> SignedBatch:
        return self._decisions.checkpoint()


def _entry(request: Request) -> Request | Outcome:
    # By way of the wire, so that what is invalid over HTTP is invalid here.
    try:
        return request_from_wire(request_to_wire(request))
    except InvalidRequest as invalid:
        return unreadable(request.id, str(invalid))
