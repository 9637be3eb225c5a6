"""The nudges to verify: the rows say what is due, the resolver finds what no message woke."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from payments.code_clearing import clear_codes
from payments.models import Heartbeat
from payments.probe_verification import verify_probes
from payments.refund_verification import verify_refunds
from payments.settlement.check import check_settlement
from payments.settlement.due import close_due
from payments.verification import verify_batch
from regions.access import find_cluster
from regions.models import NotaryCluster, Region
from vouchers.wake import take_wake, wake

VERIFY = "payments.verify"
VERIFY_REFUNDS = "payments.verify_refunds"
VERIFY_PROBES = "payments.verify_probes"
WORKER = "worker"
BEAT_EVERY = 1.0

_beaten_at = float("-inf")


@dataclass(slots=True)
class Lane:
    """One batch of a notary's payments at a time in each process: two would only split it between them."""

    now: threading.Lock = field(default_factory=threading.Lock)
    next: threading.Lock = field(default_factory=threading.Lock)


_lanes: dict[str, Lane] = defaultdict(Lane)


def wake_verification(cluster_id: UUID) -> None:
    """Ask a worker to verify what is due at this notary; never raise, never block for long."""
    wake(VERIFY, cluster_id)


def wake_refunds(cluster_id: UUID) -> None:
    wake(VERIFY_REFUNDS, cluster_id)


def wake_probes(cluster_id: UUID) -> None:
    wake(VERIFY_PROBES, cluster_id)


@shared_task(name=VERIFY)
def verify(cluster_id: str) -> None:
    lane = _lanes[cluster_id]
    # Whoever waits already will find what this nudge is about.
    if not lane.next.acquire(blocking=False):
        return
    lane.now.acquire()
    lane.next.release()
    try:
        cluster = find_cluster(UUID(cluster_id))
        # From here on whoever commits sends another nudge, so what a batch does not find is not lost.
        take_wake(VERIFY, cluster.pk)
        while verify_batch(cluster).is_full:
            _beat()
        _beat()
    finally:
        lane.now.release()


@shared_task(name=VERIFY_REFUNDS)
def refund(cluster_id: str) -> None:
    cluster = NotaryCluster.objects.get(pk=cluster_id)
    take_wake(VERIFY_REFUNDS, cluster.pk)
    while verify_refunds(cluster):
        pass


@shared_task(name=VERIFY_PROBES)
def probe(cluster_id: str) -> None:
    cluster = NotaryCluster.objects.get(pk=cluster_id)
    take_wake(VERIFY_PROBES, cluster.pk)
    verify_probes(cluster)
    _beat()


@shared_task(name="payments.close_periods", soft_time_limit=1700, time_limit=1800)
def close_periods() -> None:
    for region in {closing.region for closing in close_due()}:
        check_settlement(region)


@shared_task(name="payments.check_settlements", soft_time_limit=1700, time_limit=1800)
def check_settlements() -> None:
    for region in Region.objects.filter(settlement_rules__isnull=False).distinct():
        check_settlement(region)


@shared_task(name="payments.clear_codes")
def clear() -> None:
    clear_codes()


def _beat() -> None:
    """Say that a worker lives: a nudge has arrived and was followed."""
    global _beaten_at  # noqa: PLW0603 one number per process, and losing a race over it is harmless
    if time.monotonic() - _beaten_at >= BEAT_EVERY:
        _beaten_at = time.monotonic()
        Heartbeat.beat(WORKER, at=timezone.now())
