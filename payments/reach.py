"""Which payments of a shop a person of it may see, and give back: by their role there, at every front door."""

from collections.abc import Collection
from datetime import datetime, time
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from merchants.models import MemberRole, Store
from merchants.roles import MAY_REFUND, SEE_EVERY_DAY
from payments.models import Payment, PaymentQuerySet
from regions.models import Region, User


def payments_within_reach(user: User, *, region: Region | None = None, now: datetime | None = None) -> PaymentQuerySet:
    """Every payment at the stores where the person keeps the books; today's where the person is a clerk.

    Today is that of the time zone in force.
    """
    roles = _stores_by_role(user, region)
    all_days = [pk for pk, role in roles if role in SEE_EVERY_DAY]
    today_only = [pk for pk, role in roles if role not in SEE_EVERY_DAY]
    # By the stores' ids: the index of each store's payments knows nothing of merchants.
    if not today_only:
        return Payment.objects.filter(store__in=all_days)
    at = timezone.localtime(now)
    midnight = datetime.combine(at.date(), time.min, tzinfo=at.tzinfo)
    return Payment.objects.filter(Q(store__in=all_days) | Q(store__in=today_only, authorised_at__gte=midnight))


def may_refund(user: User, payment: Payment) -> bool:
    """Whether the person's role at the payment's store lets them give value back."""
    return any(pk == payment.store_id and role in MAY_REFUND for pk, role in _stores_by_role(user, None))


def _stores_by_role(user: User, region: Region | None) -> Collection[tuple[UUID, MemberRole]]:
    stores = Store.objects.filter(merchant__members__user=user)
    if region:
        stores = stores.in_region(region)
    return [(pk, MemberRole(role)) for pk, role in stores.values_list("pk", "merchant__members__role")]
