"""The platform itself: the real use-cases on the real PostgreSQL, under the machine's clock and network.

Every example has a region, wallets and a notary of its own, so that no table has to be emptied between.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import count
from types import SimpleNamespace
from unittest import mock
from uuid import UUID

import time_machine

from merchants.models import Till
from notary.client.errors import NotaryUnavailable
from payments import authorisation, breaker, claims, guarantee, outcomes, refunds, resolver, verification
from payments.models import Allocation, Payment, Refund, StoreEntry
from payments.states import RefundStatus, Status
from regions.models import OutagePolicy, Region
from tests.factories import (
    NotaryClusterFactory,
    ProgrammeFactory,
    RegionFactory,
    ResidentFactory,
    StoreFactory,
    TicketTypeFactory,
    TillFactory,
    UserFactory,
    issue,
)
from tests.protocol.network import Clock, Network, connect
from tests.protocol.platform import (
    GUARANTEE_IN_ALL,
    GUARANTEE_PER_PAYMENT,
    GUARANTEE_PER_WALLET,
    TICKETS,
    TILLS,
    VOUCHERS,
    WALLETS,
    Answer,
    Books,
    Draws,
    EntrySeen,
    PaymentSeen,
    RefundSeen,
    StoreEntrySeen,
    VoucherSeen,
)
from vouchers import spending
from vouchers.models import LedgerEntry, Voucher, Wallet

_numbers = count()
# Where the platform measures how long a call took.
STOPWATCHES = (breaker,)


@contextmanager
def frozen(clock: Clock) -> Iterator[None]:
    """The platform lives by this clock: what is passed in, what it reads itself, and what it measures."""
    with time_machine.travel(clock.now, tick=False) as traveller:

        def move(now: datetime) -> None:
            traveller.move_to(now)
            breaker.forget()

        clock.on_move = move
        stopwatch = SimpleNamespace(monotonic=clock.monotonic)
        patches = [mock.patch.object(module, "time", stopwatch) for module in STOPWATCHES]
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()


class DatabasePlatform:
    """One region of one notary."""

    def __init__(self, clock: Clock, network: Network) -> None:
        self.clock = clock
        self.network = network
        number = next(_numbers)
        url = f"http://notary-{number}.test"
        connect(url, network)
        breaker.forget()
        self.cluster = NotaryClusterFactory(slug=f"protocol-{number}", url=url)
        self.region: Region = RegionFactory(
            notary=self.cluster,
            guarantee_per_payment=GUARANTEE_PER_PAYMENT,
            guarantee_per_wallet=GUARANTEE_PER_WALLET,
            guarantee_in_all=GUARANTEE_IN_ALL,
        )
        programme = ProgrammeFactory(region=self.region)
        tickets = [TicketTypeFactory(programme=programme, restriction=seed.restriction) for seed in TICKETS]
        self.tills: list[Till] = [TillFactory(store=StoreFactory(region=self.region)) for _ in TILLS]
        for till, taken in zip(self.tills, TILLS, strict=True):
            till.store.ticket_types.set([tickets[ticket] for ticket in taken])
        residents = [ResidentFactory(region=self.region, user=None) for _ in range(WALLETS)]
        self.wallets: list[Wallet] = [resident.wallet for resident in residents]
        self.clerk = UserFactory()
        for seed in VOUCHERS:
            expires_at = clock.now + timedelta(seconds=seed.seconds)
            issue(residents[seed.wallet], tickets[seed.ticket], seed.face, expires_at=expires_at)

    def pay(self, wallet: int, till: int, amount: int, key: str) -> UUID:
        request = authorisation.PaymentRequest(self.region, self.wallets[wallet].pk, self.tills[till].code, amount, key)
        return authorisation.authorise(request, now=self.clock.now).pk

    def stand_for(self, payment: UUID) -> None:
        # As `payments.paying` does when the till's budget is used up.
        pending = Payment.objects.get(pk=payment)
        if pending.status == Status.PENDING and self.region.outage_policy == OutagePolicy.ACCEPT:
            guarantee.guarantee(pending)

    def refund(self, payment: UUID, amount: int, key: str) -> UUID:
        request = refunds.RefundRequest(payment, amount, "試験", self.clerk, key)
        return refunds.refund_payment(request, now=self.clock.now).pk

    def claim(self) -> list[claims.Claimed]:
        return claims.claim(self.cluster, now=self.clock.now)

    def ask(self, claimed: Sequence[claims.Claimed]) -> list[Answer]:
        return verification._ask_or_postpone(self.cluster, claimed, None) if claimed else []

    def ask_and_die(self, claimed: Sequence[claims.Claimed]) -> None:
        with suppress(NotaryUnavailable):
            verification.ask(self.cluster, claimed)

    def write(self, answers: Sequence[Answer]) -> None:
        outcomes.write(answers)

    def give_up(self) -> None:
        verification.give_up(self.cluster, now=self.clock.now)

    def sweep(self) -> None:
        resolver.sweep(self.cluster.pk)

    def expire(self) -> None:
        spending.expire_due(at=self.clock.now)

    def set_policy(self, *, accept: bool) -> None:
        self.region.outage_policy = OutagePolicy.ACCEPT if accept else OutagePolicy.STOP
        self.region.save(update_fields=["outage_policy"])

    def books(self) -> Books:
        wallets = {wallet.pk: number for number, wallet in enumerate(self.wallets)}
        entries = LedgerEntry.objects.in_region(self.region).order_by("pk")
        owed = StoreEntry.objects.in_region(self.region).order_by("pk")
        return Books(
            vouchers={
                pk: VoucherSeen(*amounts)
                for pk, *amounts in Voucher.objects.in_region(self.region).values_list(
                    "pk", "face", "held", "spent", "expired"
                )
            },
            payments=self._payments(wallets),
            refunds=self._refunds(),
            ledger=[EntrySeen(*entry) for entry in entries.values_list("voucher_id", "kind", "amount", "source")],
            store_entries=[StoreEntrySeen(*entry) for entry in owed.values_list("amount", "source")],
        )

    def _payments(self, wallets: dict[UUID, int]) -> dict[UUID, PaymentSeen]:
        draws: dict[UUID, Draws] = {}
        allocations = Allocation.objects.filter(payment__region=self.region).order_by("pk")
        for payment, voucher, amount in allocations.values_list("payment_id", "voucher_id", "amount"):
            draws[payment] = (*draws.get(payment, ()), (voucher, amount))
        return {
            payment.pk: PaymentSeen(
                wallet=wallets[payment.wallet_id],
                key=payment.idempotency_key,
                status=Status(payment.status),
                amount=payment.amount,
                refunded=payment.refunded,
                draws=draws.get(payment.pk, ()),
                next_attempt_at=payment.next_attempt_at,
                receipt=payment.receipt,
            )
            for payment in Payment.objects.in_region(self.region)
        }

    def _refunds(self) -> dict[UUID, RefundSeen]:
        return {
            refund.pk: RefundSeen(
                payment=refund.payment_id,
                status=RefundStatus(refund.status),
                amount=refund.amount,
                draws=tuple((UUID(voucher), yen) for voucher, yen in refund.allocations),
                next_attempt_at=refund.next_attempt_at,
            )
            for refund in Refund.objects.in_region(self.region)
        }
