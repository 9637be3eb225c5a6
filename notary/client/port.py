"""The notary as the platform sees it. Adapters: `notary.client.http`, and one in process for tests."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from notary.client.values import BucketSums, LogPage, Outcome, PublicKey, Request, SignedBatch


class Notary(Protocol):
    """Every call answers within `budget` seconds, or raises NotaryUnavailable or NotaryRejected.

    Everything may be asked again: the first decision on an id is the only one. Never called inside a
    database transaction.
    """

    def decide(self, requests: Sequence[Request], *, budget: float) -> list[Outcome]:
        """One outcome per request, in order; at most MAX_BATCH requests.

        One bad request does not spoil its neighbours; later requests see what earlier ones did.
        """

    def decision(self, id: UUID, *, budget: float) -> Outcome | None:
        """What has been decided on `id`, or None if nothing has (yet)."""

    def log(self, after: int, limit: int, *, budget: float) -> LogPage:
        """This platform's decisions past position `after`, at most `limit` of them, in log order."""

    def sums(self, after: int, until: int, width: int, *, budget: float) -> list[BucketSums]:
        """This platform's commits and reversals at positions past `after` up to `until`, summed by bucket.

        `after` is a multiple of `width`. Buckets in which nothing was committed or reversed are left out.
        """

    def keys(self, *, budget: float) -> list[PublicKey]:
        """The public keys that receipts are signed with, the one in use first."""

    def checkpoint(self, *, budget: float) -> SignedBatch:
        """The signed head of the whole log."""
