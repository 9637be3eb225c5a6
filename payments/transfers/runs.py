"""Runs: made of what is due, approved by a second person, or discarded so that its statements are due again."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.banking.accounts import payable_accounts
from payments.models import PayerAccount, RunState, Transfer, TransferItem, TransferRun, TransferState
from payments.settlement.calendar import is_business_day
from payments.transfers.errors import NothingToPay, PayDayInvalid, RunNotDraft, RunStale, StatementsTaken
from payments.transfers.payable import Payable, payable
from payments.transfers.run_file import file_of, hash_of, payer_copy, payer_of, records_of
from payments.transfers.transfer_file import as_bytes
from regions import approvals
from regions.errors import ApprovalOpen, EffectRefused, SamePerson
from regions.models import Approval, User
from regions.yen import yen

APPROVAL_KIND = "transfer-file"
COPIED = ("bank_code", "bank_kana", "branch_code", "branch_kana", "holder_kana")


def make_run(payer: PayerAccount, pay_on: date, *, by: User, now: datetime | None = None) -> TransferRun:
    """Put everything that is due by that day into a draft, a transfer a merchant; accounts are copied as they are.

    Raise PayDayInvalid, NothingToPay, StatementsTaken (another run was made at the same time), or what
    `transfer_file.records` raises; then nothing is written.
    """
    now = now or timezone.now()
    check_pay_day(payer, pay_on, now)
    found = [entry for entry in payable(payer.region, pay_on, at=now) if not entry.left_out]
    if not found:
        raise NothingToPay
    try:
        return _write(payer, pay_on, found, by, now)
    except IntegrityError as problem:
        # The database lets a statement into one transfer that is on the way, whoever comes first.
        raise StatementsTaken from problem


def check_pay_day(payer: PayerAccount, pay_on: date, now: datetime) -> None:
    """Raise PayDayInvalid for a day that is over, or on which banks are closed."""
    if pay_on < now.astimezone(payer.region.tz).date() or not is_business_day(pay_on):
        raise PayDayInvalid(pay_on)


@transaction.atomic
def _write(payer: PayerAccount, pay_on: date, found: Sequence[Payable], by: User, now: datetime) -> TransferRun:
    run = TransferRun(
        region=payer.region,
        payer=payer,
        payer_copy=payer_copy(payer),
        pay_on=pay_on,
        count=len(found),
        total=sum(entry.amount for entry in found),
        made_at=now,
        made_by=by,
    )
    transfers = [_transfer(run, position, entry) for position, entry in enumerate(found, start=1)]
    run.sha256 = hash_of(as_bytes(payer_of(run), records_of(run, transfers)))
    run.save(force_insert=True)
    Transfer.objects.bulk_create(transfers)
    TransferItem.objects.bulk_create(
        TransferItem(transfer=transfer, statement=statement)
        for transfer, entry in zip(transfers, found, strict=True)
        for statement in entry.statements
    )
    return run


def _transfer(run: TransferRun, position: int, entry: Payable) -> Transfer:
    account = entry.account
    if account is None:
        raise ValueError("what is paid has an account")
    return Transfer(
        region_id=run.region_id,
        run=run,
        merchant=entry.merchant,
        account=account,
        position=position,
        amount=entry.amount,
        kind=str(account.kind),
        account_number=account.number,
        **{name: getattr(account, name) for name in COPIED},
    )


def ask_for_approval(run: TransferRun, *, by: User, now: datetime | None = None) -> Approval:
    """Let a second person agree to exactly this file. Raise RunNotDraft, FileDiffers or ApprovalOpen."""
    if run.state != RunState.DRAFT:
        raise RunNotDraft
    file_of(run)
    with translation.override(settings.LANGUAGE_CODE):
        facts = {"day": date_format(run.pay_on, "Y/m/d"), "count": f"{run.count:,}", "yen": yen(run.total)}
        summary = _("Transfer file for %(day)s: %(count)s transfers, %(yen)s") % facts
        details = {
            _("account that is paid from"): str(run.payer),
            _("number of transfers"): facts["count"],
            _("sum (yen)"): f"{run.total:,}",
            _("hash of the file"): run.sha256,
        }
    return approvals.ask_approval(
        kind=APPROVAL_KIND, region=run.region, subject=run.pk, summary=summary, details=details, by=by, now=now
    )


def discard_run(run: TransferRun, *, now: datetime | None = None) -> None:
    """Give a run up that nobody was handed; its statements are due again. Raise RunNotDraft or ApprovalOpen."""
    with transaction.atomic():
        if approvals.open_approval(APPROVAL_KIND, run.pk):
            raise ApprovalOpen
        given_up = TransferRun.objects.filter(pk=run.pk, state__in=(RunState.DRAFT, RunState.APPROVED))
        if not given_up.update(state=RunState.DISCARDED, discarded_at=now or timezone.now()):
            raise RunNotDraft
        TransferItem.objects.filter(transfer__run=run).update(state=TransferState.RELEASED)
        Transfer.objects.filter(run=run).update(state=TransferState.RELEASED)


def stale_merchants(run: TransferRun, *, at: datetime) -> list[str]:
    """The names of merchants whose account is not the one in the run any more, or is on hold."""
    transfers = list(run.transfers.select_related("merchant").order_by("position"))
    accounts = payable_accounts([transfer.merchant_id for transfer in transfers], at)
    return [
        transfer.merchant.name
        for transfer in transfers
        if (account := accounts.get(transfer.merchant_id)) is None or account.pk != transfer.account_id
    ]


def approve_run(run: TransferRun, *, by: User, now: datetime) -> None:
    """Let the file be handed out. Raise SamePerson, RunNotDraft, PayDayInvalid, RunStale or FileDiffers."""
    if by.pk == run.made_by_id:
        raise SamePerson
    check_pay_day(run.payer, run.pay_on, now)
    if stale := stale_merchants(run, at=now):
        raise RunStale(stale)
    file_of(run)
    drafts = TransferRun.objects.filter(pk=run.pk, state=RunState.DRAFT)
    if not drafts.update(state=RunState.APPROVED, approved_at=now, approved_by=by):
        raise RunNotDraft


def _agreed(approval: Approval) -> None:
    run = TransferRun.objects.select_related("payer__region").get(pk=approval.subject)
    if approval.decided_by is None or approval.decided_at is None:
        raise ValueError("somebody has agreed")
    try:
        approve_run(run, by=approval.decided_by, now=approval.decided_at)
    except RunStale as problem:
        names = "、".join(problem.merchants[:5])
        raise EffectRefused(
            _("These accounts have changed; make the run again: %(names)s") % {"names": names}
        ) from problem
    except PayDayInvalid as problem:
        raise EffectRefused(_("The pay day is over. Discard the run and make another.")) from problem


approvals.register(APPROVAL_KIND, title=gettext_lazy("Transfer file"), on_approved=_agreed)
