"""Payments go on while the notary is away, if the region so chose: it stands for them, up to its limits.

The platform's own constraints still make a double spend inside the platform impossible; the limits
bound what a disagreement with the notary can ever cost the region.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils import timezone

from payments import outcomes
from payments.models import Payment
from regions.models import OutagePolicy, Region


@dataclass(frozen=True, slots=True)
class Exposure:
    """Yen that a region stands for at this moment, and the most that it may."""

    amount: int
    count: int
    limit: int


def exposure_of(region: Region) -> Exposure:
    """What the region has guaranteed and the notary has not confirmed yet."""
    return exposures([region])[region.pk]


def exposures(regions: Sequence[Region]) -> Mapping[UUID, Exposure]:
    """The same for several regions, by their ids."""
    standing = (
        Payment.objects.guaranteed()
        .filter(region__in=[region.pk for region in regions])
        .order_by()
        .values("region")
        .annotate(yen=Sum("amount"), count=Count("pk"))
    )
    sums = {row["region"]: (row["yen"], row["count"]) for row in standing}
    return {region.pk: Exposure(*sums.get(region.pk, (0, 0)), limit=region.guarantee_in_all) for region in regions}


def may_guarantee(region: Region, *, wallet_id: UUID, amount: int) -> bool:
    """Whether the region would stand for this payment as things are; `guarantee` decides."""
    if region.outage_policy != OutagePolicy.ACCEPT or amount > region.guarantee_per_payment:
        return False
    standing = (
        Payment.objects.in_region(region)
        .guaranteed()
        .aggregate(in_all=Sum("amount", default=0), of_wallet=Sum("amount", filter=Q(wallet_id=wallet_id), default=0))
    )
    return bool(
        standing["in_all"] + amount <= region.guarantee_in_all
        and standing["of_wallet"] + amount <= region.guarantee_per_wallet
    )


def guarantee(payment: Payment) -> bool:
    """Make a pending payment `accepted` if the region's limits allow; return whether it is.

    Payments in parallel cannot pass the same limit together: the region's row decides their order.
    """
    return outcomes.accept(payment, at=timezone.now())
