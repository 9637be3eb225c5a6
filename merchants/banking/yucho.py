"""ゆうちょ銀行's 記号 and 番号, as they stand in a passbook, made into what other banks transfer to."""

import re
import unicodedata
from dataclasses import dataclass

from merchants.banking.errors import YuchoNumberInvalid, YuchoSymbolInvalid

YUCHO = "9900"
ORDINARY, CURRENT = 1, 2
# A digit between 記号 and 番号 is how often the passbook was issued again; transfers leave it out.
_SYMBOL = re.compile(r"(?P<symbol>[01]\d{3}0)(?:-\d)?")
_SAVINGS_NUMBER = re.compile(r"\d{1,7}1")
_TRANSFER_NUMBER = re.compile(r"\d{1,6}")


@dataclass(frozen=True, slots=True)
class YuchoAccount:
    """Bank 9900, a branch of three digits, an account of seven; `kind` is 1 (ordinary) or 2 (current)."""

    branch_code: str
    number: str
    kind: int
    bank_code: str = YUCHO


def yucho_account(symbol: str, number: str) -> YuchoAccount:
    """The account to transfer to, by the bank's published rule.

    A 記号 that begins with 1 is a savings passbook: its branch is digits 2 and 3 with an 8, the account
    is the 番号 without its last 1. One that begins with 0 is a transfer account: digits 2 and 3 with a
    9, and the 番号 as it is. Raise YuchoSymbolInvalid or YuchoNumberInvalid.
    """
    found = _SYMBOL.fullmatch(_typed(symbol))
    if found is None:
        raise YuchoSymbolInvalid
    digits, typed = found["symbol"], _typed(number)
    if digits[0] == "1":
        if not _SAVINGS_NUMBER.fullmatch(typed) or not int(typed[:-1]):
            raise YuchoNumberInvalid
        return YuchoAccount(branch_code=digits[1:3] + "8", number=typed[:-1].zfill(7), kind=ORDINARY)
    if not _TRANSFER_NUMBER.fullmatch(typed) or not int(typed):
        raise YuchoNumberInvalid
    return YuchoAccount(branch_code=digits[1:3] + "9", number=typed.zfill(7), kind=CURRENT)


def _typed(text: str) -> str:
    return re.sub(r"[\s]", "", unicodedata.normalize("NFKC", text)).replace("ー", "-").replace("−", "-")
