"""Payments go on while the notary is away, if the region so chose: it stands for them, up to its limits.

The platform's own constraints still make a double spend inside the platform impossible; the limits
bound what a disagreement with the notary can ever cost the region.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from payments import outcomes
from payments.models import Payment, PaymentQuerySet
from payments.states import Status
from regions.models import OutagePolicy, Region


@dataclass(frozen=True, slots=True)
class Exposure:
    """Yen that a region stands for at this moment, and the most that it may."""

    amount: int
    count: int
    limit: int


def exposure_of(region: Region) -> Exposure:
    """What the region has guaranteed and the notary has not confirmed yet."""
    guaranteed = Payment.objects.in_region(region).guaranteed()
    return Exposure(amount=_sum(guaranteed), count=guaranteed.count(), limit=region.guarantee_in_all)


def may_guarantee(region: Region, *, wallet_id: UUID, amount: int) -> bool:
    """Whether the region would stand for this payment as things are; `guarantee` decides."""
    if region.outage_policy != OutagePolicy.ACCEPT or amount > region.guarantee_per_payment:
        return False
    # One query for both sums: `guarantee` asks it while every other payment of the region waits.
    standing = (
        Payment.objects.in_region(region)
        .guaranteed()
        .aggregate(in_all=Sum("amount", default=0), of_wallet=Sum("amount", filter=Q(wallet_id=wallet_id), default=0))
    )
    return bool(
        standing["in_all"] + amount <= region.guarantee_in_all
        and standing["of_wallet"] + amount <= region.guarantee_per_wallet
    )


@transaction.atomic(savepoint=False)
def guarantee(payment: Payment) -> bool:
    """Make a pending payment `accepted` if the region's limits allow; return whether it is.

    Locks the region, so that payments in parallel cannot pass the same limit together.
    """
    region = Region.objects.select_for_update(no_key=True).get(pk=payment.region_id)
    if not may_guarantee(region, wallet_id=payment.wallet_id, amount=payment.amount):
        return False
    return bool(outcomes.move([payment.pk], Status.ACCEPTED, next_attempt_at=timezone.now()))


def _sum(payments: PaymentQuerySet) -> int:
    total: int | None = payments.aggregate(total=Sum("amount"))["total"]
    return total or 0
