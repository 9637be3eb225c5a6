"""Nudges for what the resolver would find anyway, and the housekeeping that beat starts."""

from celery import shared_task

from regions.models import NotaryCluster, Region
from vouchers.checkouts import tend_attempts
from vouchers.orders import issue_paid, lapse_due, remind_due
from vouchers.registration import REGISTER, register_due
from vouchers.reminders import remind_of_expiry
from vouchers.spending import expire_due
from vouchers.wake import take_wake


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


@shared_task(name="vouchers.tend_orders")
def tend_orders() -> None:
    issue_paid()
    tend_attempts()
    while lapse_due():
        pass
    remind_due()


@shared_task(name="vouchers.remind")
def remind() -> None:
    for region in Region.objects.all():
        remind_of_expiry(region)
