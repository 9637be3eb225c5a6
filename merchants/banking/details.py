"""An account as somebody typed it, checked against the directory and the banks' rules."""

from dataclasses import dataclass

from merchants.banking.banks import find_bank, find_branch
from merchants.banking.errors import YuchoAccountGiven
from merchants.banking.kana import check_holder
from merchants.banking.numbers import account_number
from merchants.banking.yucho import YUCHO, yucho_account


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """An account as the banks' data knows it, checked: `number` of seven digits, names in half-width kana."""

    bank_code: str
    bank_name: str
    bank_kana: str
    branch_code: str
    branch_name: str
    branch_kana: str
    kind: int
    number: str
    holder_kana: str


def check_details(*, bank_code: str, branch_code: str, kind: int, number: str, holder: str) -> AccountDetails:
    """Check what was typed against the directory and the banks' rules; raise the AccountProblem that is wrong."""
    if bank_code == YUCHO:
        raise YuchoAccountGiven
    return _details(bank_code, branch_code, kind, account_number(number), holder)


def check_yucho(*, symbol: str, number: str, holder: str) -> AccountDetails:
    """The same for ゆうちょ銀行, from what stands in the passbook."""
    account = yucho_account(symbol, number)
    return _details(account.bank_code, account.branch_code, account.kind, account.number, holder)


def _details(bank_code: str, branch_code: str, kind: int, number: str, holder: str) -> AccountDetails:
    bank, branch = find_bank(bank_code), find_branch(bank_code, branch_code)
    return AccountDetails(
        bank_code=bank.code,
        bank_name=bank.name,
        bank_kana=bank.kana,
        branch_code=branch.code,
        branch_name=branch.name,
        branch_kana=branch.kana,
        kind=kind,
        number=number,
        holder_kana=check_holder(holder),
    )
