"""What is kept of payments, one idea a module."""

from payments.models.charge import Charge
from payments.models.difference import Difference, DifferenceKind, DifferenceQuerySet, LogCursor
from payments.models.dispute import DisputeDecision, DisputeOutcome
from payments.models.health import Heartbeat, NotaryHealth
from payments.models.pay_code import CodeGuesses, PayCode
from payments.models.payment import NUMBER_LENGTH, Allocation, Payment, PaymentQuerySet
from payments.models.probe import PathProbe
from payments.models.refund import Refund
from payments.models.settlement_rule import RollChoice, SettlementRule, SettlementTerm
from payments.models.statement import (
    Closing,
    SettlementCheck,
    Statement,
    StatementDocument,
    StatementLine,
)
from payments.models.store_entry import StoreEntry, StoreEntryKind
from payments.models.transfer import (
    AccountKind,
    FileDownload,
    PayerAccount,
    ResultFile,
    RunState,
    Transfer,
    TransferItem,
    TransferRun,
    TransferState,
)

__all__ = [
    "NUMBER_LENGTH",
    "AccountKind",
    "Allocation",
    "Charge",
    "Closing",
    "CodeGuesses",
    "Difference",
    "DifferenceKind",
    "DifferenceQuerySet",
    "DisputeDecision",
    "DisputeOutcome",
    "FileDownload",
    "Heartbeat",
    "LogCursor",
    "NotaryHealth",
    "PathProbe",
    "PayCode",
    "PayerAccount",
    "Payment",
    "PaymentQuerySet",
    "Refund",
    "ResultFile",
    "RollChoice",
    "RunState",
    "SettlementCheck",
    "SettlementRule",
    "SettlementTerm",
    "Statement",
    "StatementDocument",
    "StatementLine",
    "StoreEntry",
    "StoreEntryKind",
    "Transfer",
    "TransferItem",
    "TransferRun",
    "TransferState",
]
