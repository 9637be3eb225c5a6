"""Nudges for what the resolver would find anyway, and the housekeeping that beat starts."""

from uuid import UUID

from celery import shared_task

from regions.models import NotaryCluster
from vouchers.registration import register_due
from vouchers.spending import expire_due
from vouchers.wake import take_wake, wake

REGISTER = "vouchers.register"


def wake_registration(cluster_id: UUID) -> None:
    wake(REGISTER, cluster_id)


@shared_task(name=REGISTER)
def register(cluster_id: str) -> None:
    cluster = NotaryCluster.objects.get(pk=cluster_id)
    take_wake(REGISTER, cluster.pk)
    while register_due(cluster):
        pass


@shared_task(name="vouchers.expire")
def expire() -> None:
    while expire_due():
        pass
