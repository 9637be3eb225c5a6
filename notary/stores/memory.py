"""The books in memory, for simulations: the same promises, gone with the process."""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from itertools import islice
from threading import RLock
from uuid import UUID

from notary.client.values import BucketSums, Reverse
from notary.rules import Account, Books, Decision, Wanted, sum_up
from notary.sealing import EMPTY_LOG, SealedBatch


def _system_clock() -> datetime:
    return datetime.now(UTC)


class MemoryStore:
    """Safe among threads: one lock gives one turn at a time. `clock` is the notary's clock."""

    def __init__(self, clock: Callable[[], datetime] = _system_clock) -> None:
        self._clock = clock
        self._lock = RLock()
        self.accounts: dict[tuple[str, UUID], Account] = {}
        self._leaves: list[tuple[bytes, int]] = []
        self._positions: dict[tuple[str, UUID], int] = {}
        self._reversals: dict[tuple[str, UUID], list[UUID]] = {}
        self._batches: list[SealedBatch] = []

    @contextmanager
    def turn(self, platform: str, wanted: Wanted) -> Iterator["MemoryTurn"]:
        with self._lock:
            turn = MemoryTurn(self._books(platform, wanted))
            yield turn
            if turn.sealed:
                self._keep(turn.books, turn.sealed)

    def decision(self, platform: str, id: UUID) -> Decision | None:
        with self._lock:
            position = self._positions.get((platform, id))
            return self._at(position) if position else None

    def log(self, platform: str, after: int, limit: int) -> tuple[list[Decision], int]:
        with self._lock:
            head = self._batches[-1].head.position if self._batches else 0
            later = (self._at(position) for position in range(after + 1, head + 1))
            mine = (decision for decision in later if decision.platform == platform)
            return list(islice(mine, limit)), head

    def sums(self, platform: str, after: int, until: int, width: int) -> list[BucketSums]:
        with self._lock:
            head = self._batches[-1].head.position if self._batches else 0
            mine = (self._at(position) for position in range(after + 1, min(head, until) + 1))
            return sum_up((decision for decision in mine if decision.platform == platform), width)

    def batches(self, numbers: Collection[int]) -> dict[int, SealedBatch]:
        return {number: self._batches[number - 1] for number in numbers}

    def chain(self, after: int, limit: int) -> list[SealedBatch]:
        return self._batches[after : after + limit]

    def last_batch(self) -> SealedBatch | None:
        return self._batches[-1] if self._batches else None

    def check(self) -> None:
        """Memory is always there."""

    def _books(self, platform: str, wanted: Wanted) -> Books:
        # Copies: what a turn does to its books must vanish if the turn fails.
        accounts = {
            voucher: copy(self.accounts[platform, voucher])
            for voucher in wanted.vouchers
            if (platform, voucher) in self.accounts
        }
        ids = set(wanted.ids)
        for transaction in wanted.transactions:
            ids.update(self._reversals.get((platform, transaction), ()))
        found = filter(None, (self.decision(platform, wanted_id) for wanted_id in ids))
        decisions = {decision.request.id: decision for decision in found}
        head = self._batches[-1].head if self._batches else EMPTY_LOG
        return Books(platform, head, self._clock(), accounts, decisions)

    def _keep(self, books: Books, sealed: SealedBatch) -> None:
        self.accounts.update({(books.platform, voucher): books.accounts[voucher] for voucher in books.touched})
        for decision in books.added:
            request = decision.request
            self._leaves.append((decision.leaf_bytes, decision.batch))
            self._positions[books.platform, request.id] = decision.position
            if isinstance(request, Reverse):
                self._reversals.setdefault((books.platform, request.transaction), []).append(request.id)
        self._batches.append(sealed)

    def _at(self, position: int) -> Decision:
        leaf, batch = self._leaves[position - 1]
        return Decision.from_leaf(json.loads(leaf), batch)


class MemoryTurn:
    """A turn whose record is kept when it ends well."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.sealed: SealedBatch | None = None

    def record(self, sealed: SealedBatch) -> None:
        self.sealed = sealed
