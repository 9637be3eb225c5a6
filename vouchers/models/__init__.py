"""Value: programmes and what they issue, wallets, vouchers, and the ledger that explains every yen."""

from vouchers.models.budget import ProgrammeBudget
from vouchers.models.checkout import Attempt, AttemptStanding, CashEntry, ProviderEvent
from vouchers.models.funding import FundingShare, FundingSource, VoucherFunding
from vouchers.models.ledger import EntryKind, LedgerEntry, LedgerQuerySet
from vouchers.models.order import Order, OrderLine, Quota, StockSlice
from vouchers.models.programme import (
    Allotment,
    DrawBy,
    Frame,
    IssuerKind,
    LotteryRule,
    Programme,
    ProgrammeStatus,
    ResidenceRule,
)
from vouchers.models.ticket_type import TicketKind, TicketType
from vouchers.models.unit import Unit, UnitPart
from vouchers.models.voucher import Voucher, VoucherQuerySet
from vouchers.models.wallet import Wallet

__all__ = [
    "Allotment",
    "Attempt",
    "AttemptStanding",
    "CashEntry",
    "DrawBy",
    "EntryKind",
    "Frame",
    "FundingShare",
    "FundingSource",
    "IssuerKind",
    "LedgerEntry",
    "LedgerQuerySet",
    "LotteryRule",
    "Order",
    "OrderLine",
    "Programme",
    "ProgrammeBudget",
    "ProgrammeStatus",
    "ProviderEvent",
    "Quota",
    "ResidenceRule",
    "StockSlice",
    "TicketKind",
    "TicketType",
    "Unit",
    "UnitPart",
    "Voucher",
    "VoucherFunding",
    "VoucherQuerySet",
    "Wallet",
]
