"""What is kept of payments, one idea a module."""

from payments.models.difference import Difference, DifferenceKind, DifferenceQuerySet, LogCursor
from payments.models.dispute import DisputeDecision, DisputeOutcome
from payments.models.health import Heartbeat, NotaryHealth
from payments.models.payment import NUMBER_LENGTH, Allocation, Payment, PaymentQuerySet
from payments.models.probe import PathProbe
from payments.models.refund import Refund
from payments.models.store_entry import StoreEntry, StoreEntryKind

__all__ = [
    "NUMBER_LENGTH",
    "Allocation",
    "Difference",
    "DifferenceKind",
    "DifferenceQuerySet",
    "DisputeDecision",
    "DisputeOutcome",
    "Heartbeat",
    "LogCursor",
    "NotaryHealth",
    "PathProbe",
    "Payment",
    "PaymentQuerySet",
    "Refund",
    "StoreEntry",
    "StoreEntryKind",
]
