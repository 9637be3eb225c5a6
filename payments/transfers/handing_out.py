"""The file handed out: once as a matter of course, and again only with a reason; each time is kept."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from payments.models import FileDownload, RunState, TransferRun
from payments.transfers.errors import NotApproved, ReasonNeeded
from payments.transfers.run_file import file_of
from payments.transfers.runs import check_pay_day
from regions.models import User

APPROVED_STATES = (RunState.APPROVED, RunState.DOWNLOADED, RunState.REPORTED)


def hand_out(run: TransferRun, *, by: User, reason: str = "", now: datetime | None = None) -> bytes:
    """The run's file, with a record of who was given it. Raise NotApproved, ReasonNeeded, PayDayInvalid or FileDiffers.

    The first one needs no reason; the database decides which is the first.
    """
    now = now or timezone.now()
    if run.state not in APPROVED_STATES:
        raise NotApproved
    if run.state == RunState.APPROVED:
        check_pay_day(run.payer, run.pay_on, now)
    content = file_of(run)
    try:
        _record(run, by, reason.strip(), now)
    except IntegrityError as problem:
        raise ReasonNeeded from problem
    return content


@transaction.atomic
def _record(run: TransferRun, by: User, reason: str, now: datetime) -> None:
    moved = TransferRun.objects.filter(pk=run.pk, state=RunState.APPROVED).update(state=RunState.DOWNLOADED)
    if not moved and not TransferRun.objects.filter(pk=run.pk, state__in=APPROVED_STATES).exists():
        raise NotApproved
    FileDownload.objects.create(region_id=run.region_id, run=run, by=by, at=now, reason=reason)
