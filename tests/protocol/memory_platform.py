"""The platform without a database: the same use-cases in plain dictionaries, over the same pure rules.

It is what the protocol says, told a second time; a planted bug is one of its methods, overridden.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID, uuid5

from django.conf import settings

from notary.client.errors import NotaryUnavailable
from notary.client.values import Close, Outcome, OutcomeKind, Register, Request, Reverse, Void
from payments import verdicts
from payments.claims import Claimed, retry_pause
from payments.errors import AlreadyRefunded, KeyReused, NotaryAway, NotRefundable
from payments.probe_verification import probe_id
from payments.states import IN_DOUBT, TRANSITIONS, RefundStatus, Status
from payments.verdicts import must_undo, undo, verdict
from tests.protocol.network import Clock, Network
from tests.protocol.platform import (
    GUARANTEE_IN_ALL,
    GUARANTEE_PER_PAYMENT,
    GUARANTEE_PER_WALLET,
    TICKETS,
    TILLS,
    VOUCHERS,
    Answer,
    Books,
    Draws,
    EntrySeen,
    PaymentSeen,
    RefundSeen,
    StoreEntrySeen,
    VoucherSeed,
    VoucherSeen,
)
from vouchers.models import EntryKind
from vouchers.registration import CLOSE_NAMESPACE
from vouchers.spending import Draw, plan_draws

CLUSTER = UUID(int=1)
REGION = UUID(int=2)


@dataclass
class Voucher:
    id: UUID
    seed: VoucherSeed
    expires_at: datetime
    held: int = 0
    spent: int = 0
    expired: int = 0
    close_after: datetime | None = None

    @property
    def available(self) -> int:
        return self.seed.face - self.held - self.spent - self.expired


@dataclass
class Payment:
    id: UUID
    wallet: int
    key: str
    body: tuple[int, int]
    authorised_at: datetime
    valid_until: datetime
    next_attempt_at: datetime | None
    draws: tuple[Draw, ...]
    status: Status = Status.PENDING
    attempts: int = 0
    refunded: Counter[UUID] = field(default_factory=Counter)
    receipt: object = None

    @property
    def amount(self) -> int:
        return sum(draw.amount for draw in self.draws)


@dataclass
class Refund:
    id: UUID
    payment: UUID
    key: str
    draws: tuple[Draw, ...]
    next_attempt_at: datetime | None
    status: RefundStatus = RefundStatus.PENDING
    attempts: int = 0

    @property
    def amount(self) -> int:
        return sum(draw.amount for draw in self.draws)


class Breaker:
    """As `payments.breaker`, for one cluster."""

    def __init__(self) -> None:
        self.is_open = False
        self.failures = 0
        self.probe_after: datetime | None = None

    def record_failure(self, now: datetime) -> None:
        self.failures += 1
        if not self.is_open and self.failures >= settings.BREAKER_FAILURES:
            self.is_open = True
            self.probe_after = now + timedelta(seconds=settings.PROBE_PAUSE)

    def record_answer(self, now: datetime, *, seconds: float) -> None:
        if seconds > settings.NOTARY_SLOW:
            self.record_failure(now)
        else:
            self.is_open, self.failures = False, 0

    def take_probe(self, now: datetime) -> bool:
        taken = self.is_open and self.probe_after is not None and self.probe_after <= now
        if taken:
            self.probe_after = now + timedelta(seconds=settings.PROBE_LEASE)
        return taken

    def postpone_probe(self, now: datetime) -> None:
        if self.is_open:
            self.probe_after = now + timedelta(seconds=settings.PROBE_PAUSE)


class MemoryPlatform:
    """One region of one notary. Ids are counted, so that an example replays exactly."""

    def __init__(self, clock: Clock, network: Network) -> None:
        self.clock = clock
        self.network = network
        self.breaker = Breaker()
        self.accepts = False
        self.payments: dict[UUID, Payment] = {}
        self.refunds: dict[UUID, Refund] = {}
        self.ledger: list[EntrySeen] = []
        self.store_entries: list[StoreEntrySeen] = []
        self._ids = (UUID(int=number) for number in count(1000))
        self.vouchers = {voucher.id: voucher for voucher in map(self._voucher, VOUCHERS)}
        for voucher in self.vouchers.values():
            self._enter(voucher.id, EntryKind.ISSUE, voucher.seed.face, voucher.id)
            network.notary.decide([Register(voucher.id, voucher.seed.face)], budget=1)

    # A payment begins.

    def pay(self, wallet: int, till: int, amount: int, key: str) -> UUID:
        if earlier := self.find_earlier(wallet, (till, amount), key):
            return earlier.id
        is_away = self.refuse_if_away(wallet, amount)
        payment = self.hold_and_write(wallet, till, amount, key)
        if is_away and not self.guarantee(payment):
            self._forget(payment)
            raise NotaryAway
        return payment.id

    def find_earlier(self, wallet: int, body: tuple[int, int], key: str) -> Payment | None:
        for payment in self.payments.values():
            if (payment.wallet, payment.key) == (wallet, key):
                if payment.body != body:
                    raise KeyReused
                return payment
        return None

    def refuse_if_away(self, wallet: int, amount: int) -> bool:
        if self.breaker.is_open and not self.may_guarantee(wallet, amount):
            raise NotaryAway
        return self.breaker.is_open

    def hold_and_write(self, wallet: int, till: int, amount: int, key: str) -> Payment:
        now = self.clock.now
        draws = tuple(plan_draws(self._spendable(wallet, TILLS[till]), amount))
        for draw in draws:
            self.vouchers[draw.voucher_id].held += draw.amount
        patience = now + timedelta(seconds=settings.PAYMENT_PATIENCE)
        payment = Payment(next(self._ids), wallet, key, (till, amount), now, patience, now, draws)
        self.payments[payment.id] = payment
        return payment

    # The region stands for what the notary cannot confirm now.

    def set_policy(self, *, accept: bool) -> None:
        self.accepts = accept

    def stand_for(self, payment: UUID) -> None:
        if self.payments[payment].status is Status.PENDING and self.accepts:
            self.guarantee(self.payments[payment])

    def may_guarantee(self, wallet: int, amount: int) -> bool:
        guaranteed = [payment for payment in self.payments.values() if payment.status is Status.ACCEPTED]
        in_wallet = sum(payment.amount for payment in guaranteed if payment.wallet == wallet)
        return (
            self.accepts
            and amount <= GUARANTEE_PER_PAYMENT
            and sum(payment.amount for payment in guaranteed) + amount <= GUARANTEE_IN_ALL
            and in_wallet + amount <= GUARANTEE_PER_WALLET
        )

    def guarantee(self, payment: Payment) -> bool:
        if not self.may_guarantee(payment.wallet, payment.amount):
            return False
        return self.move(payment, Status.ACCEPTED, next_attempt_at=self.clock.now)

    # Claim, ask, write.

    def claim(self) -> list[Claimed]:
        due = [payment for payment in self.payments.values() if self._is_due(payment)]
        batch = sorted(due, key=lambda payment: (payment.authorised_at, payment.id))[: settings.NOTARY_BATCH]
        for payment in batch:
            payment.next_attempt_at = self.clock.now + timedelta(seconds=settings.VERIFICATION_LEASE)
            payment.attempts += 1
        return [Claimed(p.id, REGION, p.status, p.valid_until, p.attempts, p.draws) for p in batch]

    def ask(self, claimed: Sequence[Claimed]) -> list[Answer]:
        if not claimed:
            return []
        began = self.clock.monotonic()
        try:
            answers = self.put_to_the_notary(claimed)
        except NotaryUnavailable:
            self.breaker.record_failure(self.clock.now)
            self.unanswered(claimed)
            return []
        self.breaker.record_answer(self.clock.now, seconds=self.clock.monotonic() - began)
        return answers

    def ask_and_die(self, claimed: Sequence[Claimed]) -> None:
        try:
            self.put_to_the_notary(claimed)
        except NotaryUnavailable:
            return

    def put_to_the_notary(self, claimed: Sequence[Claimed]) -> list[Answer]:
        first = self._decide([self.question(payment) for payment in claimed])
        answers = {payment.id: (payment, outcome) for payment, outcome in zip(claimed, first, strict=True)}
        to_undo = [payment for payment, outcome in answers.values() if must_undo(payment, outcome)]
        if to_undo:
            undone = self._decide([undo(payment) for payment in to_undo])
            answers |= {payment.id: (payment, outcome) for payment, outcome in zip(to_undo, undone, strict=True)}
        return list(answers.values())

    def question(self, payment: Claimed) -> Request:
        return verdicts.question(payment)

    def unanswered(self, claimed: Sequence[Claimed]) -> None:
        for payment in claimed:
            kept = self.payments[payment.id]
            if kept.status in IN_DOUBT:
                kept.next_attempt_at = self.clock.now + timedelta(seconds=retry_pause(payment.attempts))

    def write(self, answers: Sequence[Answer]) -> None:
        for claimed, outcome in answers:
            target = verdict(claimed, outcome)
            payment = self.payments[claimed.id]
            if target and self.move(payment, target, next_attempt_at=None):
                payment.receipt = outcome.receipt
                self.settle(payment, claimed, outcome)

    def settle(self, payment: Payment, claimed: Claimed, outcome: Outcome) -> None:
        if payment.status is Status.DISPUTED:
            return
        for draw in payment.draws:
            voucher = self.vouchers[draw.voucher_id]
            voucher.held -= draw.amount
            if payment.status is Status.COMPLETED:
                voucher.spent += draw.amount
        if payment.status is Status.COMPLETED:
            self.write_histories(payment, claimed)
        elif outcome.outcome is OutcomeKind.REVERSED:
            for draw in payment.draws:
                self._enter(draw.voucher_id, EntryKind.SPEND, -draw.amount, payment.id)
                self._enter(draw.voucher_id, EntryKind.REVERSAL, draw.amount, payment.id)

    def write_histories(self, payment: Payment, claimed: Claimed) -> None:
        for draw in payment.draws:
            self._enter(draw.voucher_id, EntryKind.SPEND, -draw.amount, payment.id)
        self.store_entries.append(StoreEntrySeen(payment.amount, payment.id))

    def move(self, payment: Payment, target: Status, *, next_attempt_at: datetime | None) -> bool:
        if not self.may_become(payment, target):
            return False
        payment.status = target
        payment.next_attempt_at = next_attempt_at
        return True

    def may_become(self, payment: Payment, target: Status) -> bool:
        return target in TRANSITIONS[payment.status]

    # What nobody asks for: patience, expiry, and the resolver.

    def give_up(self) -> None:
        for payment in self.payments.values():
            hopeless = payment.status is Status.PENDING and payment.valid_until <= self.clock.now
            if hopeless and not self.guarantee(payment):
                self.abandon(payment)

    def abandon(self, payment: Payment) -> None:
        self.move(payment, Status.VOIDING, next_attempt_at=self.clock.now)

    def sweep(self) -> None:
        self._probe()
        self._verify_due()
        self._verify_refunds()
        self._close_due()

    def expire(self) -> None:
        for voucher in self.vouchers.values():
            if voucher.expires_at <= self.clock.now and voucher.available > 0:
                self._enter(voucher.id, EntryKind.EXPIRE, -voucher.available, next(self._ids))
                voucher.expired += voucher.available
                voucher.close_after = voucher.close_after or self.clock.now

    def _verify_due(self) -> None:
        self.give_up()
        if self.breaker.is_open and not self.breaker.take_probe(self.clock.now):
            return
        self.write(self.ask(self.claim()))

    def _probe(self) -> None:
        if not self.breaker.take_probe(self.clock.now):
            return
        began = self.clock.monotonic()
        try:
            self._decide([Void(probe_id(CLUSTER, self.clock.now))])
        except NotaryUnavailable:
            self.breaker.record_failure(self.clock.now)
            self.breaker.postpone_probe(self.clock.now)
            return
        self.breaker.record_answer(self.clock.now, seconds=self.clock.monotonic() - began)

    def _close_due(self) -> None:
        for voucher in self.vouchers.values():
            if voucher.close_after is None or voucher.close_after > self.clock.now or voucher.held:
                continue
            voucher.close_after = self.clock.now + timedelta(seconds=settings.VERIFICATION_LEASE)
            try:
                (outcome,) = self._decide([Close(uuid5(CLOSE_NAMESPACE, str(voucher.id)), voucher.id)])
            except NotaryUnavailable:
                continue
            if outcome.outcome is OutcomeKind.CLOSED:
                voucher.close_after = None

    # Refunds.

    def refund(self, payment: UUID, amount: int, key: str) -> UUID:
        paid = self.payments[payment]
        for refund in self.refunds.values():
            if (refund.payment, refund.key) == (payment, key):
                if refund.amount != amount:
                    raise KeyReused
                return refund.id
        if paid.status is not Status.COMPLETED:
            raise NotRefundable
        if amount > paid.amount - paid.refunded.total():
            raise AlreadyRefunded(left=paid.amount - paid.refunded.total())
        left = [(draw.voucher_id, draw.amount - paid.refunded[draw.voucher_id]) for draw in reversed(paid.draws)]
        draws = tuple(plan_draws([(voucher, yen) for voucher, yen in left if yen], amount))
        paid.refunded.update({draw.voucher_id: draw.amount for draw in draws})
        refund = Refund(next(self._ids), payment, key, draws, self.clock.now)
        self.refunds[refund.id] = refund
        return refund.id

    def _verify_refunds(self) -> None:
        due = [refund for refund in self.refunds.values() if self._is_due(refund)]
        if not due:
            return
        for refund in due:
            refund.next_attempt_at = self.clock.now + timedelta(seconds=settings.VERIFICATION_LEASE)
            refund.attempts += 1
        try:
            outcomes = self._decide([Reverse(refund.id, refund.payment, _pairs(refund.draws)) for refund in due])
        except NotaryUnavailable:
            for refund in due:
                refund.next_attempt_at = self.clock.now + timedelta(seconds=retry_pause(refund.attempts))
            return
        for refund, outcome in zip(due, outcomes, strict=True):
            self._settle_refund(refund, outcome)

    def _settle_refund(self, refund: Refund, outcome: Outcome) -> None:
        if outcome.outcome is OutcomeKind.REVERSED:
            refund.status, refund.next_attempt_at = RefundStatus.COMPLETED, None
            for draw in refund.draws:
                self.vouchers[draw.voucher_id].spent -= draw.amount
                self._enter(draw.voucher_id, EntryKind.REFUND, draw.amount, refund.id)
            self.store_entries.append(StoreEntrySeen(-refund.amount, refund.id))
        elif outcome.outcome is OutcomeKind.REFUSED:
            refund.status, refund.next_attempt_at = RefundStatus.REFUSED, None
            self.payments[refund.payment].refunded.subtract({d.voucher_id: d.amount for d in refund.draws})

    # What it knows.

    def books(self) -> Books:
        return Books(
            vouchers={v.id: VoucherSeen(v.seed.face, v.held, v.spent, v.expired) for v in self.vouchers.values()},
            payments={p.id: _payment_seen(p) for p in self.payments.values()},
            refunds={
                r.id: RefundSeen(r.payment, r.status, r.amount, _pairs(r.draws), r.next_attempt_at)
                for r in self.refunds.values()
            },
            ledger=tuple(self.ledger),
            store_entries=tuple(self.store_entries),
        )

    def _decide(self, requests: Sequence[Request]) -> list[Outcome]:
        return self.network.decide(requests, budget=settings.NOTARY_BUDGET)

    def _voucher(self, seed: VoucherSeed) -> Voucher:
        return Voucher(next(self._ids), seed, self.clock.now + timedelta(seconds=seed.seconds))

    def _spendable(self, wallet: int, tickets: Sequence[int]) -> list[tuple[UUID, int]]:
        good = [
            voucher
            for voucher in self.vouchers.values()
            if voucher.seed.wallet == wallet
            and voucher.seed.ticket in tickets
            and voucher.expires_at > self.clock.now
            and voucher.available
        ]
        good.sort(key=lambda v: (v.expires_at, -TICKETS[v.seed.ticket].restriction, -v.available, v.id))
        return [(voucher.id, voucher.available) for voucher in good]

    def _is_due(self, row: Payment | Refund) -> bool:
        return row.next_attempt_at is not None and row.next_attempt_at <= self.clock.now

    def _forget(self, payment: Payment) -> None:
        """Roll the transaction back that has held and written."""
        for draw in payment.draws:
            self.vouchers[draw.voucher_id].held -= draw.amount
        del self.payments[payment.id]

    def _enter(self, voucher: UUID, kind: EntryKind, amount: int, source: UUID) -> None:
        self.ledger.append(EntrySeen(voucher, kind.value, amount, source))


def _pairs(draws: Sequence[Draw]) -> Draws:
    return tuple((draw.voucher_id, draw.amount) for draw in draws)


def _payment_seen(payment: Payment) -> PaymentSeen:
    return PaymentSeen(
        wallet=payment.wallet,
        key=payment.key,
        status=payment.status,
        amount=payment.amount,
        refunded=payment.refunded.total(),
        draws=_pairs(payment.draws),
        next_attempt_at=payment.next_attempt_at,
        receipt=payment.receipt,  # type: ignore[arg-type]
    )
