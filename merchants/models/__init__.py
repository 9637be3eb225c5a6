"""Who may accept what, where: merchants, their stores and tills, the people who work there, and what they are told."""

from merchants.models.merchant import MemberRole, Merchant, MerchantMember
from merchants.models.notice import Notice
from merchants.models.store import (
    CODE_ALPHABET,
    CODE_LENGTH,
    SizeClass,
    Store,
    StoreQuerySet,
    Till,
    new_till_code,
)

__all__ = [
    "CODE_ALPHABET",
    "CODE_LENGTH",
    "MemberRole",
    "Merchant",
    "MerchantMember",
    "Notice",
    "SizeClass",
    "Store",
    "StoreQuerySet",
    "Till",
    "new_till_code",
]
