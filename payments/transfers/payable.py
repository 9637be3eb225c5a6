"""What can be paid on a day, merchant by merchant; what cannot is named with the reason, and stays payable."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from merchants.banking.accounts import payable_accounts
from merchants.models import AccountHold, BankAccount, Merchant
from payments.models import Statement
from payments.transfers.transfer_file import AMOUNT_MAX
from regions.models import Region


class LeftOut(StrEnum):
    """Why a merchant's sum is not in a run."""

    NO_ACCOUNT = "no_account"
    ON_HOLD = "on_hold"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Payable:
    """A merchant's statements that are due, with the account, or with the reason why they are left out."""

    merchant: Merchant
    statements: list[Statement]
    account: BankAccount | None
    left_out: LeftOut | None = None

    @property
    def amount(self) -> int:
        return sum(statement.net for statement in self.statements)


def payable(region: Region, pay_on: date, *, at: datetime) -> list[Payable]:
    """Every merchant with unpaid statements due by that day, in the order of their names."""
    due = Statement.objects.in_region(region).unpaid().filter(pay_on__lte=pay_on)
    by_merchant: dict[UUID, list[Statement]] = {}
    for statement in due.select_related("merchant", "store").order_by("merchant__name", "last_on", "number"):
        by_merchant.setdefault(statement.merchant_id, []).append(statement)
    accounts = payable_accounts(by_merchant, at)
    held = _on_hold(by_merchant)
    return [
        _payable(statements, accounts.get(merchant), is_held=merchant in held)
        for merchant, statements in by_merchant.items()
    ]


def _payable(statements: list[Statement], account: BankAccount | None, *, is_held: bool) -> Payable:
    found = Payable(statements[0].merchant, statements, account)
    if account is None:
        reason = LeftOut.ON_HOLD if is_held else LeftOut.NO_ACCOUNT
    elif found.amount > AMOUNT_MAX:
        reason = LeftOut.TOO_LARGE
    else:
        return found
    return Payable(found.merchant, statements, account, reason)


def _on_hold(merchants: Iterable[UUID]) -> set[UUID]:
    held = AccountHold.objects.filter(account__merchant__in=list(merchants), released_at__isnull=True)
    return set(held.values_list("account__merchant", flat=True))
