"""What the rows say of the regions' payments now: a few small queries for all regions together."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from maintenance.levels import PaymentFacts
from maintenance.unfinished import Oldest, age, oldest_unfinished
from payments.models import Heartbeat, NotaryHealth, Payment
from payments.resolver import HEARTBEAT
from payments.states import Status
from regions.models import OutagePolicy, Region

RECENT = timedelta(seconds=60)
GIVEN_UP = (Status.VOIDING, Status.VOIDED)
UNKNOWN_AGE = float("inf")

Rows = Mapping[UUID, Mapping[str, Any]]


def payment_facts(regions: list[Region], *, now: datetime) -> dict[UUID, PaymentFacts]:
    """The facts of each region, by its id."""
    unfinished, recent = oldest_unfinished(), _recent(now)
    away = set(NotaryHealth.objects.filter(is_open=True).values_list("cluster_id", flat=True))
    silent = _resolver_silent(now)
    return {
        region.pk: _facts(region, unfinished.get(region.pk, Oldest()), recent.get(region.pk, {}), away, silent, now)
        for region in regions
    }


def _facts(
    region: Region,
    oldest: Oldest,
    recent: Mapping[str, Any],
    away: set[UUID],
    silent: float,
    now: datetime,
) -> PaymentFacts:
    return PaymentFacts(
        oldest_pending=age(oldest.pending_at, now),
        oldest_voiding=age(oldest.voiding_at, now),
        probe_late=age(oldest.probe_at, now),
        recent=recent.get("all", 0),
        recent_given_up=recent.get("given_up", 0),
        is_notary_away=region.notary_id in away,
        is_guaranteed=region.outage_policy == OutagePolicy.ACCEPT,
        resolver_silent=silent,
    )


def _recent(now: datetime) -> Rows:
    """How many payments of each region the last minute saw, and how many of them were given up."""
    since = now - RECENT
    rows = (
        # The id carries its time, so the primary key finds the last minute among millions.
        Payment.objects.filter(pk__gte=first_id_at(since), authorised_at__gte=since)
        .order_by()
        .values("region")
        .annotate(all=Count("pk"), given_up=Count("pk", filter=Q(status__in=GIVEN_UP)))
    )
    return {row["region"]: row for row in rows}


def first_id_at(at: datetime) -> UUID:
    """The smallest UUIDv7 that can have been made at the instant."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def _resolver_silent(now: datetime) -> float:
    beat = Heartbeat.objects.filter(name=HEARTBEAT).first()
    return age(beat.beat_at, now) if beat else UNKNOWN_AGE
