"""Whose account is paid: a change needs a second factor, a second person and time in which it can be stopped."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.banking.account_notices import particulars, tell_agreed, tell_asked, tell_ended
from merchants.banking.details import AccountDetails
from merchants.errors import (
    AccountChangeUnderWay,
    AccountInForce,
    AccountUnchanged,
    NotAnOwner,
    SecondFactorMissing,
)
from merchants.joining.rules import joining_rules
from merchants.models import AccountEnd, AccountHold, BankAccount, MemberRole, Merchant
from regions import approvals
from regions.models import Approval, ApprovalState, User

APPROVAL_KIND = "bank-account"
# So long ago a second factor may have been proved.
FRESH = timedelta(minutes=10)


def payable_account(merchant: Merchant, at: datetime) -> BankAccount | None:
    """The account that the merchant is paid to at that time; None where there is none, or where it is on hold."""
    return payable_accounts([merchant.pk], at).get(merchant.pk)


def payable_accounts(merchants: Iterable[UUID], at: datetime) -> dict[UUID, BankAccount]:
    """The same for many, by the merchants' ids, in two statements."""
    paid = {account.merchant_id: account for account in _in_force(merchants, at)}
    held = AccountHold.objects.filter(account__in=list(paid.values()), released_at__isnull=True)
    on_hold = set(held.values_list("account_id", flat=True))
    return {merchant: account for merchant, account in paid.items() if account.pk not in on_hold}


def current_account(merchant: Merchant, at: datetime) -> BankAccount | None:
    """The account that came into force last, on hold or not."""
    return next(iter(_in_force([merchant.pk], at)), None)


@transaction.atomic
def request_account_change(
    merchant: Merchant, details: AccountDetails, *, by: User, proved_at: datetime | None, now: datetime | None = None
) -> BankAccount:
    """Ask the office to pay to this account. `proved_at` is when the person proved a second factor.

    The business is told at the address that it has now, with a link that stops it. Locks the merchant. Raise
    SecondFactorMissing, NotAnOwner, AccountChangeUnderWay or AccountUnchanged, with nothing asked for.
    """
    at = now or timezone.now()
    if proved_at is None or not timedelta() <= at - proved_at <= FRESH:
        raise SecondFactorMissing
    Merchant.objects.select_for_update().get(pk=merchant.pk)
    if not merchant.members.filter(user=by, role=MemberRole.OWNER).exists():
        raise NotAnOwner
    if BankAccount.objects.filter(merchant=merchant).coming(at=at).exists():
        raise AccountChangeUnderWay
    account = BankAccount(
        region_id=merchant.region_id, merchant=merchant, requested_by=by, requested_at=at, **asdict(details)
    )
    before = current_account(merchant, at)
    if before and before.is_same_account(account) and before.holder_kana == account.holder_kana and not _held(before):
        raise AccountUnchanged
    account.save()
    approvals.ask_approval(
        kind=APPROVAL_KIND,
        region=merchant.region,
        subject=account.pk,
        summary=f"{merchant.name}: {account}",
        details=particulars(account, before),
        by=by,
        now=at,
    )
    tell_asked(account, before)
    return account


@transaction.atomic
def stop_account_change(account_id: UUID, *, reason: str = "", now: datetime | None = None) -> BankAccount:
    """End a change that is not in force yet. Idempotent. Raise AccountInForce if it is too late."""
    at = now or timezone.now()
    account = _locked(account_id)
    if account.ended_at:
        return account
    if account.effective_at and account.effective_at <= at:
        raise AccountInForce
    waiting = approvals.open_approval(APPROVAL_KIND, account.pk)
    if waiting is None:
        _end(account, AccountEnd.STOPPED, at, reason)
    else:
        # Taking the request back ends the account, as a refusal would.
        approvals.withdraw(waiting.pk, by=account.requested_by, note=reason, now=at)
    account.refresh_from_db()
    return account


@transaction.atomic
def hold_account(
    merchant: Merchant, reason: str, *, account: BankAccount | None = None, now: datetime | None = None
) -> AccountHold | None:
    """Keep money from the account that is paid now, or from the given one. Idempotent; None without an account.

    Another account of the merchant is not held: paid again is what the business corrects.
    """
    at = now or timezone.now()
    held = account or current_account(merchant, at)
    if held is None:
        return None
    hold, _made = AccountHold.objects.get_or_create(
        account=held,
        released_at=None,
        defaults={"region_id": merchant.region_id, "reason": reason, "held_at": at},
    )
    return hold


def release_account(account: BankAccount, *, by: User, reason: str, now: datetime | None = None) -> bool:
    """Pay to the account again, because the bank was wrong and not the business; whether it was on hold."""
    holds = AccountHold.objects.filter(account=account, released_at__isnull=True)
    return bool(holds.update(released_at=now or timezone.now(), released_by=by, release_reason=reason))


def _agree(approval: Approval) -> None:
    account = _locked(approval.subject)
    at = approval.decided_at or timezone.now()
    before = current_account(account.merchant, at)
    is_harmless = before is None or before.is_same_account(account)
    delay = timedelta() if is_harmless else joining_rules(account.merchant.region).account_delay
    account.effective_at = max(at, account.requested_at + delay)
    account.save(update_fields=["effective_at"])
    tell_agreed(account)


def _refuse(approval: Approval) -> None:
    account = _locked(approval.subject)
    end = AccountEnd.STOPPED if approval.state == ApprovalState.WITHDRAWN else AccountEnd.REFUSED
    _end(account, end, approval.decided_at or timezone.now(), approval.note)


def _end(account: BankAccount, end: AccountEnd, at: datetime, reason: str) -> None:
    account.ended_at, account.end, account.end_reason = at, end, reason[:400]
    account.save(update_fields=["ended_at", "end", "end_reason"])
    tell_ended(account)


def _locked(account_id: UUID) -> BankAccount:
    """The account, with whoever else would decide on it waiting."""
    found = BankAccount.objects.select_for_update(of=("self",)).select_related("merchant__region", "requested_by")
    account: BankAccount = found.get(pk=account_id)
    return account


def _in_force(merchants: Iterable[UUID], at: datetime) -> QuerySet[BankAccount]:
    found = BankAccount.objects.filter(merchant__in=list(merchants)).in_force(at=at)
    return found.order_by("merchant_id", "-effective_at", "-requested_at").distinct("merchant_id")


def _held(account: BankAccount) -> bool:
    return AccountHold.objects.filter(account=account, released_at__isnull=True).exists()


approvals.register(
    APPROVAL_KIND,
    title=_("Change of a bank account"),
    on_approved=_agree,
    on_refused=_refuse,
)
