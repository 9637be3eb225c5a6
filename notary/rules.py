"""What the notary decides, as pure functions over what was read behind the lock.

A batch works on one `Books`; each request sees what the requests before it did to them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from notary.client.merkle import canonical
from notary.client.values import (
    Allocation,
    BucketSums,
    Close,
    Commit,
    OutcomeKind,
    Reason,
    Register,
    Request,
    Reverse,
    Void,
)
from notary.client.wire import content_of, instant_to_wire, request_from_leaf


@dataclass(slots=True)
class Account:
    """One voucher as the notary knows it: yen it was worth, yen spent on it, and whether it may still be spent."""

    face: int
    spent: int = 0
    is_closed: bool = False


@dataclass(frozen=True)
class Decision:
    """The one decision on one id, at its place in the log. Its leaf is what is signed, and all that is kept."""

    batch: int
    position: int
    platform: str
    request: Request
    outcome: OutcomeKind
    reason: Reason | None
    decided_at: datetime

    @cached_property
    def leaf(self) -> Mapping[str, Any]:
        return content_of(self.request) | {
            "platform": self.platform,
            "position": self.position,
            "outcome": self.outcome.value,
            "reason": self.reason and self.reason.value,
            "decided_at": instant_to_wire(self.decided_at),
        }

    @cached_property
    def leaf_bytes(self) -> bytes:
        return canonical(self.leaf)

    @classmethod
    def from_leaf(cls, leaf: Mapping[str, Any], batch: int) -> "Decision":
        return cls(
            batch=batch,
            position=leaf["position"],
            platform=leaf["platform"],
            request=request_from_leaf(leaf),
            outcome=OutcomeKind(leaf["outcome"]),
            reason=Reason(leaf["reason"]) if leaf["reason"] else None,
            decided_at=datetime.fromisoformat(leaf["decided_at"]),
        )


def sum_up(decisions: Iterable[Decision], width: int) -> list[BucketSums]:
    """Commits and reversals by bucket of log positions, in order."""
    sums: dict[int, BucketSums] = {}
    for decision in decisions:
        bucket = (decision.position - 1) // width
        so_far = sums.setdefault(bucket, BucketSums(bucket))
        if decision.outcome is OutcomeKind.COMMITTED:
            sums[bucket] = replace(
                so_far, committed=so_far.committed + 1, committed_yen=so_far.committed_yen + _yen_of(decision)
            )
        elif decision.outcome is OutcomeKind.REVERSED:
            sums[bucket] = replace(
                so_far, reversed=so_far.reversed + 1, reversed_yen=so_far.reversed_yen + _yen_of(decision)
            )
    return [found for _, found in sorted(sums.items()) if found.committed or found.reversed]


def _yen_of(decision: Decision) -> int:
    request = decision.request
    return sum(yen for _, yen in request.allocations) if isinstance(request, Commit | Reverse) else 0


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends: the last batch, the hash of its header, the last position."""

    number: int
    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be read before a batch can be decided."""

    ids: frozenset[UUID]
    vouchers: frozenset[UUID]
    transactions: frozenset[UUID]


@dataclass(slots=True)
class Books:
    """One platform's accounts and decisions as far as a batch wants them, and what the batch adds."""

    platform: str
    head: Head
    now: datetime
    accounts: dict[UUID, Account]
    decisions: dict[UUID, Decision]
    added: list[Decision] = field(default_factory=list)
    touched: set[UUID] = field(default_factory=set)

    def add(self, request: Request, outcome: OutcomeKind, reason: Reason | None = None) -> Decision:
        position = self.head.position + len(self.added) + 1
        decision = Decision(self.head.number + 1, position, self.platform, request, outcome, reason, self.now)
        self.decisions[request.id] = decision
        self.added.append(decision)
        return decision

    def spend(self, allocations: Iterable[Allocation]) -> None:
        for voucher, amount in allocations:
            self.accounts[voucher].spent += amount
            self.touched.add(voucher)

    def left_to_reverse(self, transaction: UUID) -> Counter[UUID] | None:
        """Yen by voucher that the transaction took and has not given back; None if it is not committed."""
        taken = self.decisions.get(transaction)
        if taken is None or taken.outcome is not OutcomeKind.COMMITTED or not isinstance(taken.request, Commit):
            return None
        left = Counter(dict(taken.request.allocations))
        for decision in self.decisions.values():
            request = decision.request
            if (
                isinstance(request, Reverse)
                and request.transaction == transaction
                and decision.outcome is OutcomeKind.REVERSED
            ):
                left.subtract(dict(request.allocations))
        return left


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one request is told: the decision on its id, or why nothing was decided."""

    outcome: OutcomeKind
    reason: Reason | None = None
    decision: Decision | None = None
    detail: str = ""


def wanted_by(requests: Iterable[Request]) -> Wanted:
    ids: set[UUID] = set()
    vouchers: set[UUID] = set()
    transactions: set[UUID] = set()
    for request in requests:
        ids.add(request.id)
        if isinstance(request, Commit | Reverse):
            vouchers.update(voucher for voucher, _ in request.allocations)
        if isinstance(request, Reverse):
            transactions.add(request.transaction)
        if isinstance(request, Close):
            vouchers.add(request.voucher)
    return Wanted(frozenset(ids | transactions), frozenset(vouchers), frozenset(transactions))


def carry_out(books: Books, request: Request) -> Verdict:
    """Decide one request, or repeat the decision that its id already has.

    The books change if and only if the verdict is a new decision.
    """
    decided = books.decisions.get(request.id)
    if decided is not None:
        return _repeat(decided, request)
    if isinstance(request, Commit) and request.valid_until is not None and request.valid_until < books.now:
        # Before any refusal: a request that came too late must leave no decision behind.
        return Verdict(OutcomeKind.TOO_LATE, detail="valid_until is past")
    outcome, reason = _RULES[type(request)](books, request)
    return _told(books.add(request, outcome, reason))


def _repeat(decided: Decision, request: Request) -> Verdict:
    if isinstance(request, Void):
        return _told(decided)
    if decided.outcome is OutcomeKind.VOIDED:
        return Verdict(OutcomeKind.REFUSED, Reason.VOIDED, decided)
    if content_of(decided.request) != content_of(request):
        return Verdict(OutcomeKind.CONFLICT, detail="this id has been decided with other content")
    return _told(decided)


def _told(decision: Decision) -> Verdict:
    return Verdict(decision.outcome, decision.reason, decision)


Ruling = tuple[OutcomeKind, Reason | None]


def _commit(books: Books, request: Commit) -> Ruling:
    reasons = [_reason_against(books.accounts.get(voucher), amount) for voucher, amount in request.allocations]
    against = {reason for reason in reasons if reason}
    for reason in (Reason.UNKNOWN_VOUCHER, Reason.CLOSED, Reason.OVERSPENT):
        if reason in against:
            return OutcomeKind.REFUSED, reason
    books.spend(request.allocations)
    return OutcomeKind.COMMITTED, None


def _reason_against(account: Account | None, amount: int) -> Reason | None:
    if account is None:
        return Reason.UNKNOWN_VOUCHER
    if account.is_closed:
        return Reason.CLOSED
    return Reason.OVERSPENT if amount > account.face - account.spent else None


def _void(books: Books, request: Void) -> Ruling:
    return OutcomeKind.VOIDED, None


def _reverse(books: Books, request: Reverse) -> Ruling:
    left = books.left_to_reverse(request.transaction)
    if left is None:
        return OutcomeKind.REFUSED, Reason.NOT_COMMITTED
    if any(amount > left[voucher] for voucher, amount in request.allocations):
        return OutcomeKind.REFUSED, Reason.OVER_REVERSED
    books.spend((voucher, -amount) for voucher, amount in request.allocations)
    return OutcomeKind.REVERSED, None


def _register(books: Books, request: Register) -> Ruling:
    books.accounts[request.id] = Account(request.face)
    books.touched.add(request.id)
    return OutcomeKind.REGISTERED, None


def _close(books: Books, request: Close) -> Ruling:
    account = books.accounts.get(request.voucher)
    if account is None:
        return OutcomeKind.REFUSED, Reason.UNKNOWN_VOUCHER
    account.is_closed = True
    books.touched.add(request.voucher)
    return OutcomeKind.CLOSED, None


_RULES: dict[type[Request], Callable[[Books, Any], Ruling]] = {
    Commit: _commit,
    Void: _void,
    Reverse: _reverse,
    Register: _register,
    Close: _close,
}
