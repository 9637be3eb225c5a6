"""What the watchman reads from the database: how payments fare, and whom to tell."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from maintenance.unfinished import Oldest, age, oldest_unfinished
from maintenance.watch.observation import ClusterSeen, Facts, RegionSeen
from payments.models import Difference, Heartbeat, LogCursor, NotaryHealth
from payments.resolver import HEARTBEAT
from payments.tasks import WORKER
from regions.models import Membership, NotaryCluster, OutagePolicy, Region, Role, User
from regions.prepared import fetch

NEVER = 1e9


@dataclass(frozen=True, slots=True)
class Office:
    """Who is told of what happens in a region, and in which words it is called."""

    region_id: UUID
    slug: str
    name: str
    is_guaranteed: bool
    emails: tuple[str, ...]
    webhook: str


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody who may have to be told, kept in memory for when the database is away."""

    offices: tuple[Office, ...] = ()
    operators: tuple[str, ...] = ()


def pulse() -> datetime:
    """When the database server was started: it answers, and is the one that it was."""
    ((started_at,),) = fetch("SELECT pg_postmaster_start_time()", [])
    at: datetime = started_at
    return at


def read_facts() -> Facts:
    now = timezone.now()
    oldest = oldest_unfinished()
    differences = _differences()
    regions = tuple(
        _region(region, oldest.get(region.pk, Oldest()), differences, now) for region in Region.objects.all()
    )
    beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
    return Facts(
        at=now,
        regions=regions,
        clusters=_clusters(),
        worker_silent=age(beats[WORKER], now) if WORKER in beats else NEVER,
        resolver_silent=age(beats[HEARTBEAT], now) if HEARTBEAT in beats else NEVER,
    )


def read_directory() -> Directory:
    members = Membership.objects.filter(role=Role.SECRETARIAT, user__is_active=True).exclude(user__email=None)
    emails: dict[UUID, list[str]] = {}
    for region_id, email in members.order_by("user__email").values_list("region_id", "user__email"):
        emails.setdefault(region_id, []).append(email or "")
    offices = tuple(_office(region, emails.get(region.pk, [])) for region in Region.objects.all())
    operators = User.objects.filter(is_operator=True, is_active=True).exclude(email=None)
    return Directory(offices, tuple(email or "" for email in operators.values_list("email", flat=True)))


def _office(region: Region, members: list[str]) -> Office:
    return Office(
        region_id=region.pk,
        slug=region.slug,
        name=region.name,
        is_guaranteed=region.outage_policy == OutagePolicy.ACCEPT,
        # Each once, the office's own address first.
        emails=tuple(dict.fromkeys(filter(None, (region.contact_email, *members)))),
        webhook=region.incident_webhook,
    )


def _region(region: Region, oldest: Oldest, differences: dict[UUID | None, int], now: datetime) -> RegionSeen:
    return RegionSeen(
        id=region.pk,
        slug=region.slug,
        cluster_id=region.notary_id,
        oldest_pending=age(oldest.pending_at, now),
        oldest_voiding=age(oldest.voiding_at, now),
        oldest_accepted=age(oldest.accepted_at, now),
        oldest_refund=age(oldest.refund_at, now),
        probe_late=age(oldest.probe_at, now),
        probed_at=oldest.probed_at,
        differences=differences.get(region.pk, 0),
    )


def _differences() -> dict[UUID | None, int]:
    """Differences left, by region; those that no region is known of count for every region of their notary."""
    left = Difference.objects.left().order_by()
    by_region: dict[UUID | None, int] = dict(
        left.filter(region__isnull=False).values_list("region").annotate(count=Count("pk"))
    )
    for cluster_id, count in left.filter(region__isnull=True).values_list("cluster").annotate(count=Count("pk")):
        for region_id in Region.objects.filter(notary=cluster_id).values_list("pk", flat=True):
            by_region[region_id] = by_region.get(region_id, 0) + count
    return by_region


def _clusters() -> tuple[ClusterSeen, ...]:
    health = NotaryHealth.objects.in_bulk()
    read = dict(LogCursor.objects.values_list("cluster_id", "read_at"))
    used = NotaryCluster.objects.filter(Q(regions__isnull=False)).distinct()
    return tuple(_cluster(cluster, health.get(cluster.pk), read.get(cluster.pk)) for cluster in used)


def _cluster(cluster: NotaryCluster, health: NotaryHealth | None, read_at: datetime | None) -> ClusterSeen:
    return ClusterSeen(
        id=cluster.pk,
        slug=cluster.slug,
        url=cluster.url or settings.NOTARY_URL,
        is_open=bool(health and health.is_open),
        cause=health.cause if health else "",
        failed_at=health.failed_at if health else None,
        restored_at=health.restored_at if health else None,
        log_read_at=read_at,
    )
