"""Payments that a region guarantees in parallel never pass its limits together."""

from collections import Counter

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from payments import breaker, outcomes
from payments.authorisation import PaymentRequest, authorise
from payments.errors import NotaryAway
from payments.guarantee import exposure_of
from payments.models import Payment
from payments.states import Status, sources
from payments.waiting import _plain
from regions.models import OutagePolicy
from tests.concurrency.test_parallel_payments import at_once
from tests.factories import ResidentFactory, Town, issue
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db(transaction=True)


def accepting(**limits: int) -> Town:
    return Town(balance=5000, outage_policy=OutagePolicy.ACCEPT, **limits)


def test_a_hundred_payments_at_once_reach_the_regions_limit_and_never_pass_it() -> None:
    town = accepting(guarantee_in_all=1000)
    wallets = [town.wallet]
    for _ in range(19):
        resident = ResidentFactory(region=town.region)
        issue(resident, town.common, 500)
        wallets.append(resident.wallet)
    for _ in range(settings.BREAKER_FAILURES):
        breaker.record_failure(town.region.notary_id, cause="timeout")

    def pay(number: int) -> str:
        wallet = wallets[number % len(wallets)]
        try:
            return authorise(PaymentRequest(town.region, wallet.pk, town.till.code, 100, f"key{number}")).status
        except NotaryAway:
            return "refused"

    answers = Counter(at_once(100, pay))

    assert (exposure_of(town.region).amount, exposure_of(town.region).count) == (1000, 10)
    assert answers["refused"] == 90
    assert sum(voucher.held for voucher in Voucher.objects.all()) == 1000


def test_without_the_lock_first_two_payments_pass_the_limit_together() -> None:
    """The sibling: one statement that sums and writes sees the sums of its own beginning."""
    town = accepting(guarantee_in_all=1000)
    first, second = (
        authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, 1000, f"key{number}"))
        for number in range(2)
    )

    def accept(payment: Payment, on: psycopg.Connection) -> int:
        parameters = {
            "region": payment.region_id,
            "wallet": payment.wallet_id,
            "payment": payment.pk,
            "at": timezone.now(),
            "sources": [str(status.value) for status in sources(Status.ACCEPTED)],
            "channel": outcomes.CHANNEL,
        }
        return on.execute(outcomes.ACCEPT_WITHIN_LIMITS, parameters).rowcount

    plain = _plain(connection.get_connection_params())
    with psycopg.connect(**plain) as one, psycopg.connect(**plain) as other:
        accepted = [accept(first, one), accept(second, other)]

    assert accepted == [1, 1]
    assert exposure_of(town.region).amount == 2000


def test_the_limits_of_a_wallet_hold_beside_those_of_the_region() -> None:
    town = accepting(guarantee_per_wallet=300)
    for _ in range(settings.BREAKER_FAILURES):
        breaker.record_failure(town.region.notary_id, cause="timeout")

    def pay(number: int) -> str:
        try:
            return authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, 100, f"key{number}")).status
        except NotaryAway:
            return "refused"

    assert Counter(at_once(20, pay))["refused"] == 17
    assert exposure_of(town.region).amount == 300
