"""The mistakes that the protocol exists to prevent, each planted in the platform told in dictionaries."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.conf import settings

from notary.client.errors import NotaryUnavailable
from notary.client.values import Commit, Request
from payments.claims import Claimed
from payments.states import Status
from tests.protocol.memory_platform import MemoryPlatform, Payment


class _Releasing(MemoryPlatform):
    """Can do what the real one cannot: give held value back without a decision of the notary."""

    def release(self, payment: Payment) -> None:
        for draw in payment.draws:
            self.vouchers[draw.voucher_id].held -= draw.amount
        payment.status, payment.next_attempt_at = Status.VOIDED, None

    def release_if_unknown(self, payment: Payment) -> bool:
        """Ask what has been decided, and take "nothing" for "never"."""
        try:
            decision = self.network.decision(payment.id, budget=settings.NOTARY_BUDGET)
        except NotaryUnavailable:
            return False
        if decision is None:
            self.release(payment)
        return decision is None


class NoFence(_Releasing):
    """Patience is over, so the value is free: nobody tells the notary."""

    def abandon(self, payment: Payment) -> None:
        self.release(payment)


class ReleaseOnUnknownId(_Releasing):
    """The call failed and the notary does not know the id, so it cannot have happened."""

    def unanswered(self, claimed: Sequence[Claimed]) -> None:
        super().unanswered(claimed)
        for payment in claimed:
            kept = self.payments[payment.id]
            if kept.status is Status.PENDING:
                self.release_if_unknown(kept)


class DeadlineForAFence(_Releasing):
    """No bug while all clocks agree: what is unknown after its deadline was never carried out.

    It is here because it shows that the next one fails for want of the deadline and of nothing else.
    """

    def abandon(self, payment: Payment) -> None:
        # The notary still carries it out in the very moment of the deadline.
        is_past = payment.valid_until < self.clock.now
        if not is_past or not self.release_if_unknown(payment):
            super().abandon(payment)


class NoDeadline(DeadlineForAFence):
    """The same, but the notary is never told until when the request is good."""

    def question(self, payment: Claimed) -> Request:
        asked = super().question(payment)
        return replace(asked, valid_until=None) if isinstance(asked, Commit) else asked


class NoResolver(MemoryPlatform):
    """Whatever no worker was woken for is looked at by nobody."""

    def sweep(self) -> None:
        pass


class HistoryByPushOnly(MemoryPlatform):
    """The histories are written when the first answer comes, and only then."""

    def write_histories(self, payment: Payment, claimed: Claimed) -> None:
        if claimed.attempts == 1:
            super().write_histories(payment, claimed)


class NoUniqueKey(MemoryPlatform):
    """Every request is a new payment."""

    def find_earlier(self, wallet: int, body: tuple[int, int], key: str) -> Payment | None:
        return None


class BreakerAfterTheHold(MemoryPlatform):
    """The value is held first, and then it turns out that nobody can verify it."""

    def pay(self, wallet: int, till: int, amount: int, key: str) -> UUID:
        if earlier := self.find_earlier(wallet, (till, amount), key):
            return earlier.id
        payment = self.hold_and_write(wallet, till, amount, key)
        if self.refuse_if_away(wallet, amount):
            self.guarantee(payment)
        return payment.id


class StatusNotConditional(MemoryPlatform):
    """Whoever holds an answer writes it."""

    def may_become(self, payment: Payment, target: Status) -> bool:
        return True


PLANTED: tuple[type[MemoryPlatform], ...] = (
    NoFence,
    ReleaseOnUnknownId,
    NoDeadline,
    NoResolver,
    HistoryByPushOnly,
    NoUniqueKey,
    BreakerAfterTheHold,
    StatusNotConditional,
)
