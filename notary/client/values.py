"""What is asked of the notary and what it answers, as plain values; the two halves share these."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

MAX_BATCH = 256
MAX_ALLOCATIONS = 100
MAX_YEN = 10**12

Allocation = tuple[UUID, int]
Receipt = Mapping[str, Any]


class OutcomeKind(StrEnum):
    """What became of one request; the last three decide nothing and leave no trace."""

    COMMITTED = "committed"
    REFUSED = "refused"
    VOIDED = "voided"
    REVERSED = "reversed"
    REGISTERED = "registered"
    CLOSED = "closed"
    TOO_LATE = "too_late"
    CONFLICT = "conflict"
    INVALID = "invalid"


class Reason(StrEnum):
    """Why a request was refused."""

    OVERSPENT = "overspent"
    UNKNOWN_VOUCHER = "unknown_voucher"
    VOIDED = "voided"
    CLOSED = "closed"
    NOT_COMMITTED = "not_committed"
    OVER_REVERSED = "over_reversed"


UNDECIDED = frozenset({OutcomeKind.TOO_LATE, OutcomeKind.CONFLICT, OutcomeKind.INVALID})


@dataclass(frozen=True, slots=True)
class Commit:
    """Spend every allocation (voucher, yen), or none, unless `valid_until` is past.

    `valid_until` is an aware datetime and no part of the content: the same id may come again with another one.
    """

    kind: ClassVar[str] = "commit"
    id: UUID
    allocations: tuple[Allocation, ...]
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Void:
    """Decide for ever that `id` does not happen, if nothing has been decided on it yet."""

    kind: ClassVar[str] = "void"
    id: UUID


@dataclass(frozen=True, slots=True)
class Reverse:
    """Give back part or all of what a committed transaction took, voucher by voucher."""

    kind: ClassVar[str] = "reverse"
    id: UUID
    transaction: UUID
    allocations: tuple[Allocation, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """Make a voucher known with its face value in yen; `id` is the voucher's own."""

    kind: ClassVar[str] = "register"
    id: UUID
    face: int


@dataclass(frozen=True, slots=True)
class Close:
    """Let nothing more be spent on a voucher; what was spent may still be reversed."""

    kind: ClassVar[str] = "close"
    id: UUID
    voucher: UUID


Request = Commit | Void | Reverse | Register | Close


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one request.

    A decision carries its log position, its time by the notary's clock and its receipt. What decides
    nothing carries none of them and says in `detail` what was wrong.
    """

    id: UUID | None
    outcome: OutcomeKind
    reason: Reason | None = None
    position: int | None = None
    decided_at: datetime | None = None
    receipt: Receipt | None = None
    detail: str = ""

    @property
    def is_decision(self) -> bool:
        return self.outcome not in UNDECIDED


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One decision as the log holds it: what was asked (without `valid_until`) and what was decided."""

    request: Request
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class LogPage:
    """Decisions in log order. `next` is the `after` of the next page; `next == head` means all was read."""

    entries: tuple[LogEntry, ...]
    next: int
    head: int


@dataclass(frozen=True, slots=True)
class BucketSums:
    """What a platform committed and reversed in a stretch of log positions: counts, and yen.

    Bucket b of width w covers the positions from b·w + 1 to (b + 1)·w.
    """

    bucket: int
    committed: int = 0
    committed_yen: int = 0
    reversed: int = 0
    reversed_yen: int = 0


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 key of the notary: its id, its 32 raw bytes, and the same as PEM for other tools."""

    key_id: str
    raw: bytes
    pem: str


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """A link of the log's chain: the batch header, and the signature over its canonical bytes."""

    header: Mapping[str, Any]
    signature: str
    key_id: str

    @property
    def position(self) -> int:
        """The last log position that this header covers."""
        return int(self.header["first"]) + int(self.header["count"]) - 1
