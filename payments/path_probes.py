"""Every region's way of a payment, asked for as a payment would ask: a row, and a nudge."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from payments.models import PathProbe
from payments.tasks import wake_probes
from regions.models import Region


def probe_all_regions(*, now: datetime) -> None:
    """Begin a probe of each region whose last one is answered; one that is not yet goes on being late."""
    clusters = _write(now)
    for cluster_id in clusters:
        wake_probes(cluster_id)


@transaction.atomic(durable=True)
def _write(now: datetime) -> set[UUID]:
    regions = list(Region.objects.values_list("pk", "notary_id"))
    PathProbe.objects.bulk_create(
        (PathProbe(region_id=region_id, asked_at=now, next_attempt_at=now) for region_id, _notary in regions),
        ignore_conflicts=True,
    )
    PathProbe.objects.filter(next_attempt_at__isnull=True).update(asked_at=now, next_attempt_at=now)
    return {notary_id for _region, notary_id in regions}
