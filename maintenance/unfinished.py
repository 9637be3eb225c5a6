"""How long the oldest thing in each region waits that must come to an end: payments, refunds, probes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Min, Q, QuerySet

from payments.models import PathProbe, Payment, Refund
from payments.states import IN_DOUBT, RefundStatus


@dataclass(slots=True)
class Oldest:
    """When the oldest of each kind was begun; none is there where it is None."""

    pending_at: datetime | None = None
    voiding_at: datetime | None = None
    accepted_at: datetime | None = None
    refund_at: datetime | None = None
    probe_at: datetime | None = None
    # When the newest probe that is answered was asked.
    probed_at: datetime | None = None


def oldest_unfinished() -> Mapping[UUID, Oldest]:
    """By region id; three queries over partial indexes, whatever the number of payments."""
    found: dict[UUID, Oldest] = {}
    for row in _payments():
        found[row["region"]] = Oldest(row["pending"], row["voiding"], row["accepted"])
    for row in _refunds():
        found.setdefault(row["region"], Oldest()).refund_at = row["oldest"]
    for region_id, asked_at, due_at in PathProbe.objects.values_list("region_id", "asked_at", "next_attempt_at"):
        oldest = found.setdefault(region_id, Oldest())
        if due_at is None:
            oldest.probed_at = asked_at
        else:
            oldest.probe_at = asked_at
    return found


def age(at: datetime | None, now: datetime) -> float:
    """Seconds since; 0 where there is nothing."""
    return max(0.0, (now - at).total_seconds()) if at else 0.0


def _payments() -> QuerySet[Payment, dict[str, Any]]:
    begun = {str(status): Min("authorised_at", filter=Q(status=status)) for status in IN_DOUBT}
    in_doubt = Payment.objects.filter(status__in=IN_DOUBT)
    rows: QuerySet[Payment, dict[str, Any]] = in_doubt.order_by().values("region").annotate(**begun)
    return rows


def _refunds() -> QuerySet[Refund, dict[str, Any]]:
    pending = Refund.objects.filter(status=RefundStatus.PENDING)
    rows: QuerySet[Refund, dict[str, Any]] = pending.order_by().values("region").annotate(oldest=Min("requested_at"))
    return rows
