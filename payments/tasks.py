"""The nudge to verify: the rows say what is due, the resolver finds what no message woke."""

from uuid import UUID

from celery import shared_task

from payments.refund_verification import verify_refunds
from payments.verification import verify_due
from regions.models import NotaryCluster
from vouchers.wake import take_wake, wake

VERIFY = "payments.verify"


def wake_verification(cluster_id: UUID) -> None:
    """Ask a worker to verify what is due at this notary; never raise, never block for long."""
    wake(VERIFY, cluster_id)


@shared_task(name=VERIFY)
def verify(cluster_id: str) -> None:
    cluster = NotaryCluster.objects.get(pk=cluster_id)
    take_wake(VERIFY, cluster.pk)
    while verify_due(cluster) + verify_refunds(cluster):
        pass
