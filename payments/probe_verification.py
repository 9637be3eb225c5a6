"""Probes of the regions' ways put before the notary, by whoever verifies payments: claim, ask, write."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from notary.client.errors import NotaryRejected, NotaryUnavailable
from notary.client.values import Void
from payments import breaker
from payments.claims import RETRY_FIRST
from payments.models import PathProbe
from regions.models import NotaryCluster
from vouchers.notaries import notary_of

PROBE_NAMESPACE = UUID("7d1f6a52-0d5b-4c1c-9d0e-3b8f0f2b5a77")


def probe_id(subject: UUID, at: datetime) -> UUID:
    """An id that no payment has, new every minute: a probe takes the whole path and moves no value."""
    return uuid5(PROBE_NAMESPACE, f"{subject} {at:%Y-%m-%dT%H:%M}")


def verify_probes(cluster: NotaryCluster, *, now: datetime | None = None) -> int:
    """Answer the cluster's due probes, if the notary answers. Nothing becomes final by it: 0, always."""
    at = now or timezone.now()
    # While the notary is not relied on, its breaker's own probe asks, and nobody else.
    if not _due(cluster, at).exists() or breaker.is_open(cluster.pk):
        return 0
    claimed = _claim(cluster, at)
    if claimed:
        _ask(cluster, claimed, at)
    return 0


def _due(cluster: NotaryCluster, at: datetime) -> QuerySet[PathProbe]:
    return PathProbe.objects.filter(region__notary=cluster, next_attempt_at__lte=at)


@transaction.atomic(durable=True)
def _claim(cluster: NotaryCluster, at: datetime) -> list[UUID]:
    due = _due(cluster, at).order_by("next_attempt_at", "pk")
    locked = due.select_for_update(of=("self",), skip_locked=True)[: settings.NOTARY_BATCH]
    regions = [probe.region_id for probe in locked]
    lease = at + timedelta(seconds=settings.NOTARY_BUDGET)
    PathProbe.objects.filter(pk__in=regions).update(next_attempt_at=lease)
    return regions


def _ask(cluster: NotaryCluster, regions: Sequence[UUID], at: datetime) -> None:
    claimed = PathProbe.objects.filter(pk__in=regions, next_attempt_at__isnull=False)
    try:
        with breaker.observed(cluster.pk):
            notary_of(cluster).decide(
                [Void(id=probe_id(region, at)) for region in regions], budget=settings.NOTARY_BUDGET
            )
    except (NotaryUnavailable, NotaryRejected):
        claimed.update(next_attempt_at=timezone.now() + timedelta(seconds=RETRY_FIRST))
        return
    # Another machine's clock may be a little ahead of this one's.
    claimed.update(answered_at=Greatest(Value(timezone.now()), F("asked_at")), next_attempt_at=None)
