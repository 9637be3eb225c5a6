"""A guarantee that waits for others must not turn a held payment into a refusal, nor its answer into a late one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from payments.authorisation import PaymentRequest
from payments.paying import pay
from payments.states import Status
from payments.verification import give_up
from payments.waiting import _plain
from regions.models import OutagePolicy
from tests.factories import Town
from tests.notaries import FaultyNotary
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def being_guaranteed(town: Town) -> Iterator[None]:
    """Another payment of the region is at its guarantee, and does not get on."""
    with psycopg.connect(**_plain(connection.get_connection_params())) as other:
        other.execute("SELECT FROM regions_region WHERE id = %s FOR NO KEY UPDATE", [town.region.pk])
        yield


def test_it_stays_being_checked_and_is_guaranteed_when_its_patience_is_over(notary: FaultyNotary) -> None:
    town = Town(balance=5000, outage_policy=OutagePolicy.ACCEPT)
    request = PaymentRequest(town.region, town.wallet.pk, town.till.code, 1000, "key")
    notary.is_cut = True

    began = time.monotonic()
    with being_guaranteed(town):
        payment = pay(request, until=began)
        seconds = time.monotonic() - began

    assert payment.status == Status.PENDING
    assert Voucher.objects.get().held == 1000
    # What is left between the budget and the promised answer.
    assert seconds < 3.0 - settings.PAYMENT_BUDGET + 0.6

    give_up(town.region.notary, now=timezone.now() + timedelta(seconds=settings.PAYMENT_PATIENCE + 1))
    payment.refresh_from_db()
    assert payment.status == Status.ACCEPTED


def test_where_nobody_is_in_the_way_it_is_guaranteed_at_once(notary: FaultyNotary) -> None:
    town = Town(balance=5000, outage_policy=OutagePolicy.ACCEPT)
    notary.is_cut = True

    payment = pay(PaymentRequest(town.region, town.wallet.pk, town.till.code, 1000, "key"), until=time.monotonic())

    assert payment.status == Status.ACCEPTED
