"""Value: programmes and what they issue, wallets, vouchers, and the ledger that explains every yen."""

from vouchers.models.application import Application, ApplicationLine, ApplicationStatus, Channel, HouseholdTally
from vouchers.models.budget import ProgrammeBudget
from vouchers.models.checkout import Attempt, AttemptStanding, CashEntry, ProviderEvent
from vouchers.models.draw import Draw, DrawFile, DrawFileKind, DrawStatus
from vouchers.models.funding import FundingShare, FundingSource, VoucherFunding
from vouchers.models.grants import (
    Entitlement,
    EntitlementState,
    GrantEvent,
    GrantEventKind,
    GrantList,
    GrantTerms,
    GuessCount,
    GuessScope,
    Handover,
    ListState,
    StopReason,
)
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
    "Application",
    "ApplicationLine",
    "ApplicationStatus",
    "Attempt",
    "AttemptStanding",
    "CashEntry",
    "Channel",
    "Draw",
    "DrawBy",
    "DrawFile",
    "DrawFileKind",
    "DrawStatus",
    "Entitlement",
    "EntitlementState",
    "EntryKind",
    "Frame",
    "FundingShare",
    "FundingSource",
    "GrantEvent",
    "GrantEventKind",
    "GrantList",
    "GrantTerms",
    "GuessCount",
    "GuessScope",
    "Handover",
    "HouseholdTally",
    "IssuerKind",
    "LedgerEntry",
    "LedgerQuerySet",
    "ListState",
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
    "StopReason",
    "TicketKind",
    "TicketType",
    "Unit",
    "UnitPart",
    "Voucher",
    "VoucherFunding",
    "VoucherQuerySet",
    "Wallet",
]
