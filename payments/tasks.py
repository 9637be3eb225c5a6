"""The nudge to verify: the rows say what is due, the resolver finds what no message woke."""

import time
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from payments.models import Heartbeat
from payments.probe_verification import verify_probes
from payments.refund_verification import verify_refunds
from payments.verification import verify_due
from regions.models import NotaryCluster
from vouchers.wake import take_wake, wake

VERIFY = "payments.verify"
WORKER = "worker"
BEAT_EVERY = 1.0

_beaten_at = float("-inf")


def wake_verification(cluster_id: UUID) -> None:
    """Ask a worker to verify what is due at this notary; never raise, never block for long."""
    wake(VERIFY, cluster_id)


@shared_task(name=VERIFY)
def verify(cluster_id: str) -> None:
    _beat()
    cluster = NotaryCluster.objects.get(pk=cluster_id)
    take_wake(VERIFY, cluster.pk)
    while verify_due(cluster) + verify_refunds(cluster) + verify_probes(cluster):
        _beat()


def _beat() -> None:
    """Say that a worker lives: a nudge has arrived and is being followed."""
    global _beaten_at  # noqa: PLW0603 one number per process, and losing a race over it is harmless
    if time.monotonic() - _beaten_at >= BEAT_EVERY:
        _beaten_at = time.monotonic()
        Heartbeat.beat(WORKER, at=timezone.now())
