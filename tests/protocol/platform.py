"""The platform as the machine drives it, and the small town that every example begins with.

Each step of a use-case is a method of its own, so that others may come between two of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from notary.client.values import Outcome
from payments.claims import Claimed
from payments.states import RefundStatus, Status
from tests.protocol.network import Clock, Network

Answer = tuple[Claimed, Outcome]
Draws = tuple[tuple[UUID, int], ...]

# What a region stands for at most, in yen: small, so that examples reach it.
GUARANTEE_PER_PAYMENT, GUARANTEE_PER_WALLET, GUARANTEE_IN_ALL = 1500, 2000, 3000


@dataclass(frozen=True, slots=True)
class TicketSeed:
    """A ticket type: the more restricted is spent first."""

    restriction: int


@dataclass(frozen=True, slots=True)
class VoucherSeed:
    """A voucher of the town: yen in the wallet of this number, good for so many seconds."""

    wallet: int
    ticket: int
    face: int
    seconds: float


TICKETS = (TicketSeed(restriction=0), TicketSeed(restriction=1))
# The ticket types that each till takes.
TILLS = ((0, 1), (0,))
WALLETS = 2
VOUCHERS = (
    VoucherSeed(wallet=0, ticket=0, face=2000, seconds=25),
    VoucherSeed(wallet=0, ticket=1, face=1700, seconds=300),
    VoucherSeed(wallet=0, ticket=0, face=4900, seconds=86_400),
    VoucherSeed(wallet=1, ticket=0, face=4500, seconds=86_400),
)


@dataclass(frozen=True, slots=True)
class VoucherSeen:
    face: int
    held: int
    spent: int
    expired: int

    @property
    def available(self) -> int:
        return self.face - self.held - self.spent - self.expired


@dataclass(frozen=True, slots=True)
class PaymentSeen:
    wallet: int
    key: str
    status: Status
    amount: int
    refunded: int
    draws: Draws
    next_attempt_at: datetime | None
    receipt: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class RefundSeen:
    payment: UUID
    status: RefundStatus
    amount: int
    draws: Draws
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntrySeen:
    """A ledger entry; signed yen."""

    voucher: UUID
    kind: str
    amount: int
    source: UUID


@dataclass(frozen=True, slots=True)
class StoreEntrySeen:
    """A line of what a store is owed; signed yen."""

    amount: int
    source: UUID


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that the platform knows of money, at one moment."""

    vouchers: Mapping[UUID, VoucherSeen]
    payments: Mapping[UUID, PaymentSeen]
    refunds: Mapping[UUID, RefundSeen]
    ledger: Sequence[EntrySeen]
    store_entries: Sequence[StoreEntrySeen]


class Platform(Protocol):
    """Refusals are raised as the use-cases raise them: PaymentProblem or InsufficientBalance."""

    clock: Clock
    network: Network

    def pay(self, wallet: int, till: int, amount: int, key: str) -> UUID:
        """Authorise a payment of the wallet of this number; its id."""

    def stand_for(self, payment: UUID) -> None:
        """The till's budget is used up: the region may stand for what is pending."""

    def refund(self, payment: UUID, amount: int, key: str) -> UUID:
        """Begin a refund; its id."""

    def claim(self) -> list[Claimed]:
        """A worker takes what is due."""

    def ask(self, claimed: Sequence[Claimed]) -> list[Answer]:
        """A worker asks the notary; with no answer the claim is let go of, and there are no answers."""

    def ask_and_die(self, claimed: Sequence[Claimed]) -> None:
        """A worker asks the notary and is gone, whatever comes back."""

    def write(self, answers: Sequence[Answer]) -> None:
        """A worker writes the answers that it holds."""

    def give_up(self) -> None:
        """End the wait of those whose patience is over."""

    def sweep(self) -> None:
        """One round of the resolver: probe, verify, refunds, closing."""

    def expire(self) -> None:
        """Expire what is past its date."""

    def set_policy(self, *, accept: bool) -> None:
        """Choose what the region does while the notary is away."""

    def books(self) -> Books:
        """Everything as it stands."""
