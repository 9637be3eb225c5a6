"""The invariants of the payment protocol, as checks of the platform's books against the notary's log.

Nothing here shares a line with what it checks: the notary's figures are counted from its log anew.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notary.client.receipts import BadReceipt, verify_receipt
from notary.client.values import Commit, OutcomeKind, Register, Reverse
from notary.stores.memory import MemoryStore
from payments.states import IN_DOUBT, NOT_PAID, PAID, TRANSITIONS, RefundStatus, Status
from tests.notary.situations import PLATFORM, PUBLIC_KEYS
from tests.protocol.platform import (
    GUARANTEE_IN_ALL,
    GUARANTEE_PER_WALLET,
    Books,
    Draws,
    PaymentSeen,
)

HOLDING = (*IN_DOUBT, Status.DISPUTED)
# Nobody waits longer for the next look: a lease, or the longest pause between two attempts.
LOOKED_AT_WITHIN = timedelta(seconds=5)


class Violation(AssertionError):
    """An invariant does not hold."""


def require(holds: bool, invariant: str, *facts: object) -> None:
    if not holds:
        raise Violation(invariant, *facts)


class NotaryBooks:
    """What the notary has decided, read from its log: every position once."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._cursor = 0
        self.committed: dict[UUID, Draws] = {}
        self.reversed: dict[UUID, Counter[UUID]] = {}
        self.faces: dict[UUID, int] = {}
        self.spent: Counter[UUID] = Counter()

    def read(self) -> None:
        decisions, self._cursor = self._store.log(PLATFORM, self._cursor, 10_000)
        for decision in decisions:
            match decision.request, decision.outcome:
                case Register(), OutcomeKind.REGISTERED:
                    self.faces[decision.request.id] = decision.request.face
                case Commit(), OutcomeKind.COMMITTED:
                    self._commit(decision.request)
                case Reverse(), OutcomeKind.REVERSED:
                    self._reverse(decision.request)

    def is_spent(self, payment: UUID) -> bool:
        """Whether anything of the transaction is spent."""
        taken = Counter(dict(self.committed.get(payment, ())))
        taken.subtract(self.reversed.get(payment, Counter()))
        return any(taken.values())

    def _commit(self, request: Commit) -> None:
        require(request.id not in self.committed, "2: a transaction id is spent at most once", request.id)
        self.committed[request.id] = tuple(sorted(request.allocations))
        self.spent.update(dict(request.allocations))

    def _reverse(self, request: Reverse) -> None:
        self.reversed.setdefault(request.transaction, Counter()).update(dict(request.allocations))
        self.spent.subtract(dict(request.allocations))


class Memory:
    """What was seen before: some invariants speak of two moments."""

    def __init__(self) -> None:
        self._payments: Mapping[UUID, PaymentSeen] = {}

    def compare(self, books: Books) -> None:
        for payment, before in self._payments.items():
            now = books.payments.get(payment)
            require(now is not None, "a payment is never deleted", payment)
            assert now is not None
            require(now.draws == before.draws, "2: allocations never change", before, now)
            require(now.status in reachable(before.status), "a status that may not follow", before, now)
            took_back = (before.status in PAID and now.status in NOT_PAID) or (
                before.status in NOT_PAID and now.status in PAID
            )
            require(not took_back, "the screen never takes back what it said", before, now)
        self._payments = books.payments


def reachable(status: Status) -> set[Status]:
    """What a payment of this status may be some steps later, itself included."""
    found, new = {status}, {status}
    while new:
        new = {target for source in new for target in TRANSITIONS[source]} - found
        found |= new
    return found


def check(books: Books, notary: NotaryBooks, now: datetime) -> None:
    """What holds at every moment, faults or none."""
    vouchers_explain_themselves(books)
    payments_are_their_allocations(books)
    histories_are_written_once(books)
    notary_is_within_the_platform(books, notary)
    what_is_not_paid_is_not_spent(books, notary)
    what_is_in_doubt_will_be_looked_at(books, now)
    keys_are_used_once(books)
    guarantees_stay_within_their_limits(books)


def check_settled(books: Books, notary: NotaryBooks) -> None:
    """Invariant 6: faults have ended, and 60 s have passed."""
    stuck = [payment for payment in books.payments.values() if payment.status in IN_DOUBT]
    require(not stuck, "6: nothing is in doubt", stuck)
    refunds = [refund for refund in books.refunds.values() if refund.status is RefundStatus.PENDING]
    require(not refunds, "6: no refund is in doubt", refunds)
    for transaction in notary.committed:
        payment = books.payments[transaction]
        paid_or_undone = payment.status is Status.COMPLETED or not notary.is_spent(transaction)
        require(paid_or_undone, "6: what is committed stands in the histories", transaction, payment)
    for voucher, seen in books.vouchers.items():
        require(seen.spent == notary.spent[voucher], "6: both sides say the same is spent", voucher, seen)
    for transaction, payment in books.payments.items():
        if payment.status is Status.COMPLETED:
            require(_is_proven(transaction, payment), "6: a completed payment has a receipt that verifies", payment)


def vouchers_explain_themselves(books: Books) -> None:
    entries: Counter[UUID] = Counter()
    for entry in books.ledger:
        entries[entry.voucher] += entry.amount
    held = _sum_draws(payment.draws for payment in books.payments.values() if payment.status in HOLDING)
    spent = _sum_draws(payment.draws for payment in books.payments.values() if payment.status is Status.COMPLETED)
    spent.subtract(
        _sum_draws(refund.draws for refund in books.refunds.values() if refund.status is RefundStatus.COMPLETED)
    )
    for voucher, seen in books.vouchers.items():
        amounts = (seen.held, seen.spent, seen.expired, seen.available)
        require(min(amounts) >= 0, "1: nothing is negative", voucher, seen)
        require(seen.held == held[voucher], "1: held is what is in doubt", voucher, seen, held[voucher])
        require(seen.spent == spent[voucher], "1: spent is what was paid", voucher, seen, spent[voucher])
        left = seen.face - seen.spent - seen.expired
        require(entries[voucher] == left, "1: the ledger explains the voucher", voucher, seen, entries[voucher])
    issued = sum(seen.face for seen in books.vouchers.values())
    parts = sum(seen.available + seen.held + seen.spent + seen.expired for seen in books.vouchers.values())
    require(issued == parts, "1: issued = available + held + spent + expired", issued, parts)


def payments_are_their_allocations(books: Books) -> None:
    given: Counter[UUID] = Counter()
    for refund in books.refunds.values():
        if refund.status is not RefundStatus.REFUSED:
            given[refund.payment] += refund.amount
    for transaction, payment in books.payments.items():
        total = sum(yen for _, yen in payment.draws)
        require(payment.amount == total, "2: a payment is the sum of its allocations", payment)
        require(payment.refunded == given[transaction], "2: refunded is the sum of the refunds", payment)
        require(payment.refunded <= payment.amount, "2: no more is given back than was paid", payment)


def histories_are_written_once(books: Books) -> None:
    """Every completed payment and refund is in both histories once, and nothing else is."""
    expected = {
        **{key: payment.amount for key, payment in books.payments.items() if payment.status is Status.COMPLETED},
        **{key: -refund.amount for key, refund in books.refunds.items() if refund.status is RefundStatus.COMPLETED},
    }
    written = [entry.source for entry in books.store_entries]
    require(len(written) == len(set(written)), "6: a store is credited once", written)
    credited = {entry.source: entry.amount for entry in books.store_entries}
    require(credited == expected, "6: what is paid is in the store's history", credited, expected)
    debited: Counter[UUID] = Counter()
    for entry in books.ledger:
        if entry.kind in {"spend", "refund", "reversal"}:
            debited[entry.source] -= entry.amount
    require(
        {source: yen for source, yen in debited.items() if yen} == expected,
        "6: what is paid is in the resident's history",
        debited,
        expected,
    )


def notary_is_within_the_platform(books: Books, notary: NotaryBooks) -> None:
    for voucher, face in notary.faces.items():
        spent, seen = notary.spent[voucher], books.vouchers[voucher]
        require(0 <= spent <= face, "3: the notary's spent never exceeds the face", voucher, spent, face)
        # The yen that a delayed commit may still take must not be free for another payment.
        covered = seen.spent + seen.held
        require(spent <= covered, "3: what the notary has spent is spent or held here", voucher, spent, seen)
    for transaction, draws in notary.committed.items():
        payment = books.payments.get(transaction)
        require(payment is not None, "6: what is committed is a payment", transaction)
        assert payment is not None
        require(tuple(sorted(payment.draws)) == draws, "2: both sides have the same allocations", payment, draws)
    for transaction, payment in books.payments.items():
        if payment.status is Status.COMPLETED:
            require(transaction in notary.committed, "what is completed is committed", transaction, payment)


def what_is_not_paid_is_not_spent(books: Books, notary: NotaryBooks) -> None:
    for transaction, payment in books.payments.items():
        if payment.status in {Status.DECLINED, Status.VOIDED}:
            require(not notary.is_spent(transaction), "4: what is not paid is not spent", transaction, payment)


def what_is_in_doubt_will_be_looked_at(books: Books, now: datetime) -> None:
    in_doubt: list[tuple[object, datetime | None]] = [
        (payment, payment.next_attempt_at) for payment in books.payments.values() if payment.status in IN_DOUBT
    ]
    in_doubt += [
        (refund, refund.next_attempt_at) for refund in books.refunds.values() if refund.status is RefundStatus.PENDING
    ]
    for row, at in in_doubt:
        soon = at is not None and at <= now + LOOKED_AT_WITHIN
        require(soon, "5: what is not final will be looked at", row, now)


def keys_are_used_once(books: Books) -> None:
    used = Counter((payment.wallet, payment.key) for payment in books.payments.values())
    require(not used or max(used.values()) == 1, "7: one key, one payment", used)


def guarantees_stay_within_their_limits(books: Books) -> None:
    by_wallet: Counter[int] = Counter()
    for payment in books.payments.values():
        if payment.status is Status.ACCEPTED:
            by_wallet[payment.wallet] += payment.amount
    require(by_wallet.total() <= GUARANTEE_IN_ALL, "a region stands for no more than its limit", by_wallet)
    most = max(by_wallet.values(), default=0)
    require(most <= GUARANTEE_PER_WALLET, "a region stands for no more than a wallet's limit", by_wallet)


def _sum_draws(all_draws: Iterable[Sequence[tuple[UUID, int]]]) -> Counter[UUID]:
    total: Counter[UUID] = Counter()
    for draws in all_draws:
        for voucher, yen in draws:
            total[voucher] += yen
    return total


def _is_proven(transaction: UUID, payment: PaymentSeen) -> bool:
    try:
        leaf: Mapping[str, Any] = verify_receipt(payment.receipt or {}, PUBLIC_KEYS)
    except BadReceipt:
        return False
    return leaf["id"] == str(transaction) and leaf["outcome"] == OutcomeKind.COMMITTED
