"""Days of grace: value that is refunded after its voucher has expired can still be used for a while.

A refund never extends a voucher's life, unless the programme gives days of grace. Then what was left unused
expires as it would have, and only what came back stays usable until the expiry plus those days. The end is counted
from the first expiry, so no chain of refunds can move it on. The notary closes the voucher after the grace.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from vouchers.models import Voucher
from vouchers.spending import expire_rest


def grace_ends_at(voucher: Voucher) -> datetime:
    """When the voucher's value is gone for good, refunded or not; its programme must be at hand."""
    days = voucher.ticket_type.programme.refund_grace_days
    return (voucher.first_expires_at or voucher.expires_at) + timedelta(days=days)


@transaction.atomic
def open_grace(voucher_ids: Sequence[UUID], *, at: datetime) -> None:
    """Let expired vouchers live on to the end of their grace, just before value is given back to them.

    Part of the caller's transaction. What was left of them expires first: grace is for refunds only.
    """
    expired = Voucher.objects.filter(
        pk__in=voucher_ids, expires_at__lte=at, closed_at__isnull=True, stopped_at__isnull=True
    )
    locked = expired.select_related("ticket_type__programme").order_by("pk")
    alive = [v for v in locked.select_for_update(of=("self",), no_key=True) if grace_ends_at(v) > at]
    expire_rest(alive, at=at)
    for voucher in alive:
        Voucher.objects.filter(pk=voucher.pk).update(
            expires_at=grace_ends_at(voucher),
            first_expires_at=voucher.first_expires_at or voucher.expires_at,
            close_after=None,
        )
