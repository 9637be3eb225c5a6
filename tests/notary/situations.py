"""Named situations of a notary, for tests: who asks, with what clock, and shortcuts to what is asked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from notary.client.values import Commit, Outcome, OutcomeKind, Register, Request, Reverse
from notary.decisions import Decisions
from notary.sealing import Signer
from notary.store import Store

PLATFORM = "hansatsu"
OTHER = "other"
KEY = "k" * 32
OTHER_KEY = "o" * 32
NOW = datetime(2023, 1, 25, 10, 0, tzinfo=UTC)

SIGNER = Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
PUBLIC_KEYS = {SIGNER.public.key_id: SIGNER.public.raw}


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Desk:
    """One platform at the notary: asks one thing at a time and gives the outcome."""

    def __init__(self, store: Store, platform: str = PLATFORM) -> None:
        self.store = store
        self.platform = platform
        self.decisions = Decisions(store, SIGNER)

    def ask(self, request: Request) -> Outcome:
        return self.batch(request)[0]

    def batch(self, *requests: Request) -> list[Outcome]:
        return self.decisions.decide(self.platform, requests)

    def voucher(self, face: int = 1000) -> UUID:
        """A voucher that is registered."""
        voucher = uuid4()
        assert self.ask(Register(voucher, face)).outcome == OutcomeKind.REGISTERED
        return voucher

    def spend(self, *allocations: tuple[UUID, int], id: UUID | None = None) -> Outcome:
        return self.ask(Commit(id or uuid4(), allocations))

    def reverse(self, transaction: UUID, *allocations: tuple[UUID, int]) -> Outcome:
        return self.ask(Reverse(uuid4(), transaction, allocations))

    def left(self, voucher: UUID) -> int:
        """Yen left on a voucher, found by what the notary lets be spent (and gives back)."""
        low, high = 0, 10**6
        while low < high:
            middle = (low + high + 1) // 2
            attempt = self.spend((voucher, middle))
            if attempt.outcome == OutcomeKind.COMMITTED:
                assert attempt.id is not None
                self.reverse(attempt.id, (voucher, middle))
                low = middle
            else:
                high = middle - 1
        return low

    def head(self) -> int:
        return self.decisions.checkpoint().position


def kinds(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.outcome.value for outcome in outcomes]
