"""A bank's answer taken in: what arrived is paid; what did not is due again, once the shop has a right account."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from merchants.banking.accounts import hold_account
from merchants.notices import tell_merchant
from payments.models import ResultFile, RunState, Transfer, TransferItem, TransferRun, TransferState
from payments.transfers.answers import CANCELLED, DONE, NO_ACCOUNT, OTHER, OTHER_NAME, read_answer
from payments.transfers.errors import NotSent, ResultRepeated
from payments.transfers.run_file import hash_of, records_of
from regions.models import User


def take_result(run: TransferRun, content: bytes, *, by: User, now: datetime | None = None) -> ResultFile:
    """Write down what became of each transfer; all of it or nothing.

    Raise NotSent, ResultRepeated, or what `read_answer` raises. A merchant whose transfer bounced is told, and its
    account is held; the statements go into the next run after it is corrected or released.
    """
    now = now or timezone.now()
    transfers = list(run.transfers.select_related("merchant__region", "account").order_by("position"))
    _check_answerable(run, content)
    numbers = [transfer.number for transfer in transfers]
    codes = read_answer(content, sent=records_of(run, transfers), numbers=numbers)
    try:
        return _write(run, transfers, codes, hash_of(content), by, now)
    except IntegrityError as problem:
        raise ResultRepeated from problem


def _check_answerable(run: TransferRun, content: bytes) -> None:
    known = ResultFile.objects.filter(region_id=run.region_id, sha256=hash_of(content)).exists()
    if known or run.state == RunState.REPORTED:
        raise ResultRepeated
    if run.state != RunState.DOWNLOADED:
        raise NotSent


@transaction.atomic
def _write(
    run: TransferRun, transfers: list[Transfer], codes: dict[str, str], sha256: str, by: User, now: datetime
) -> ResultFile:
    answered = TransferRun.objects.filter(pk=run.pk, state=RunState.DOWNLOADED)
    if not answered.update(state=RunState.REPORTED, reported_at=now):
        raise ResultRepeated
    bounced = [transfer for transfer in transfers if codes[transfer.number] != DONE]
    result = ResultFile.objects.create(
        region_id=run.region_id,
        run=run,
        sha256=sha256,
        taken_at=now,
        taken_by=by,
        paid_count=len(transfers) - len(bounced),
        bounced_count=len(bounced),
    )
    _end([transfer for transfer in transfers if codes[transfer.number] == DONE], TransferState.PAID, codes)
    _end(bounced, TransferState.BOUNCED, codes)
    with translation.override(settings.LANGUAGE_CODE):
        for transfer in transfers:
            _follow_up(run, transfer, codes[transfer.number], now)
    return result


def _end(transfers: list[Transfer], state: TransferState, codes: dict[str, str]) -> None:
    by_code: dict[str, list[Transfer]] = {}
    for transfer in transfers:
        by_code.setdefault(codes[transfer.number], []).append(transfer)
    for code, found in by_code.items():
        Transfer.objects.filter(pk__in=[transfer.pk for transfer in found]).update(state=state, result=code)
    TransferItem.objects.filter(transfer__in=transfers).update(state=state)


def _follow_up(run: TransferRun, transfer: Transfer, code: str, now: datetime) -> None:
    day = {"day": date_format(run.pay_on, "Y/m/d")}
    key = f"transfer {transfer.pk}"
    if code == DONE:
        title, body = _("Paid on %(day)s") % day, _("The transfer of %(day)s has arrived. See the statements.") % day
        tell_merchant(transfer.merchant, key=key, title=title, body=body, link="/portal/payments/statement/", now=now)
    elif code == CANCELLED:
        title = _("The transfer of %(day)s is made later") % day
        body = _("The office has stopped the transfer of %(day)s. It is made with the next one.") % day
        tell_merchant(transfer.merchant, key=key, title=title, body=body, now=now)
    else:
        hold_account(transfer.merchant, reason_of(code), account=transfer.account, now=now)
        title = _("The transfer of %(day)s could not be paid") % day
        body = _("The bank says: %(reason)s. Please check the account at the portal and correct it. The money is paid"
                 " with the next transfer after that.") % {"reason": reason_of(code)}  # fmt: skip
        tell_merchant(transfer.merchant, key=key, title=title, body=body, now=now)


def reason_of(code: str) -> str:
    """The bank's code in words."""
    return {
        DONE: _("paid into the account"),
        NO_ACCOUNT: _("there is no such account"),
        OTHER_NAME: _("the account holder's name is another"),
        CANCELLED: _("cancelled by the payer"),
        OTHER: _("another reason"),
    }.get(code, "-")
