"""Who may accept what, where: merchants, their stores and tills, the people who work there, and what they are told."""

from merchants.models.bank_account import AccountEnd, AccountHold, AccountKind, BankAccount
from merchants.models.invitation import Invitation
from merchants.models.joining import (
    OPEN_STATES,
    ApplicationState,
    ApplicationStep,
    ApplicationStore,
    JoinApplication,
    JoiningRules,
    StepKind,
)
from merchants.models.merchant import HeadOfficePlace, MemberRole, Merchant, MerchantMember
from merchants.models.notice import Notice
from merchants.models.sizing import SizeRule, StoreDecision
from merchants.models.store import (
    CODE_ALPHABET,
    CODE_LENGTH,
    SizeClass,
    Store,
    StoreQuerySet,
    Till,
    new_till_code,
)
from merchants.models.till_key import TillKey

__all__ = [
    "CODE_ALPHABET",
    "CODE_LENGTH",
    "OPEN_STATES",
    "AccountEnd",
    "AccountHold",
    "AccountKind",
    "ApplicationState",
    "ApplicationStep",
    "ApplicationStore",
    "BankAccount",
    "HeadOfficePlace",
    "Invitation",
    "JoinApplication",
    "JoiningRules",
    "MemberRole",
    "Merchant",
    "MerchantMember",
    "Notice",
    "SizeClass",
    "SizeRule",
    "StepKind",
    "Store",
    "StoreDecision",
    "StoreQuerySet",
    "Till",
    "TillKey",
    "new_till_code",
]
