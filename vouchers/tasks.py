"""Nudges for what the resolver would find anyway, and the housekeeping that beat starts."""

from uuid import UUID

from celery import shared_task

from regions.models import NotaryCluster, Region
from vouchers.checkouts import tend_attempts
from vouchers.drawing import finish_draws
from vouchers.grants.claims import lapse_due as lapse_grants_due
from vouchers.grants.lists import RUN_LISTS
from vouchers.grants.running import run_lists
from vouchers.orders import issue_paid, lapse_due, remind_due
from vouchers.registration import REGISTER, register_due
from vouchers.reminders import remind_of_expiry
from vouchers.spending import expire_due
from vouchers.wake import take_wake
from vouchers.wake_draws import FINISH_DRAWS


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


@shared_task(name=RUN_LISTS, time_limit=600, soft_time_limit=590)
def run_grant_lists(cluster_id: str = "") -> None:
    if cluster_id:
        take_wake(RUN_LISTS, UUID(cluster_id))
    run_lists()


@shared_task(name="vouchers.lapse_grants")
def lapse_grants() -> None:
    while lapse_grants_due():
        pass


@shared_task(name=FINISH_DRAWS)
def finish() -> None:
    # Less than a task may take; beat comes again for what is left.
    finish_draws(seconds=35)
