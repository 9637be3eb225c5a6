"""The notary is away: what each policy does, what it costs at most, and how it ends."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from notary.client.values import Void
from payments import breaker
from payments.authorisation import PaymentRequest, authorise
from payments.errors import NotaryAway
from payments.guarantee import exposure_of
from payments.models import NotaryHealth, Payment, StoreEntry
from payments.refunds import RefundRequest, refund_payment
from payments.resolver import probe, sweep
from payments.states import Status
from payments.verification import give_up, verify_due
from regions.models import OutagePolicy
from tests.factories import Town, issue
from tests.notaries import FaultyNotary
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db(transaction=True)


def pay(town: Town, amount: int = 1000, key: str = "key") -> Payment:
    return authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, amount, key))


def open_breaker(town: Town) -> None:
    for _ in range(settings.BREAKER_FAILURES):
        breaker.record_failure(town.region.notary_id, cause="timeout")
    assert breaker.is_open(town.region.notary_id)


def accepting(**limits: int) -> Town:
    return Town(balance=50_000, outage_policy=OutagePolicy.ACCEPT, **limits)


def test_the_breaker_opens_after_failures_in_a_row_and_an_answer_in_between_heals() -> None:
    cluster = Town().region.notary_id

    for seconds in (None, None, 0.1, None, None):
        if seconds is None:
            breaker.record_failure(cluster, cause="reset")
        else:
            breaker.record_answer(cluster, seconds=seconds)

    assert not breaker.is_open(cluster)
    breaker.record_failure(cluster, cause="reset")
    assert breaker.is_open(cluster)
    assert NotaryHealth.objects.get().cause == "reset"


def test_a_notary_that_answers_slowly_opens_it_too() -> None:
    cluster = Town().region.notary_id

    for _ in range(settings.BREAKER_FAILURES):
        breaker.record_answer(cluster, seconds=settings.NOTARY_SLOW + 0.1)

    assert breaker.is_open(cluster)


def test_one_prober_at_a_time_and_a_dead_one_blocks_nobody() -> None:
    town = Town()
    open_breaker(town)
    cluster, now = town.region.notary_id, timezone.now() + timedelta(seconds=settings.PROBE_PAUSE)

    assert [breaker.take_probe(cluster, now=now) for _ in range(3)] == [True, False, False]
    later = now + timedelta(seconds=settings.PROBE_LEASE)
    assert breaker.take_probe(cluster, now=later)


def test_while_it_is_open_nothing_is_sent_but_probes_and_an_answered_probe_closes_it(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    completed = pay(town, key="first")
    verify_due(town.region.notary)
    refund_payment(RefundRequest(completed.pk, 100, "取消", town.shop_person(), "refund"))
    issue(town.resident, town.common, 500, register=False)
    pay(town)
    open_breaker(town)
    NotaryHealth.objects.update(probe_after=timezone.now() + timedelta(seconds=60))
    sent = len(notary.calls)

    sweep(town.region.notary_id)
    assert len(notary.calls) == sent

    NotaryHealth.objects.update(probe_after=timezone.now())
    probe(town.region.notary)

    assert not breaker.is_open(town.region.notary_id)
    assert verify_due(town.region.notary) == 1


def test_a_probe_that_fails_leaves_it_open(notary: FaultyNotary) -> None:
    town = Town()
    open_breaker(town)
    NotaryHealth.objects.update(probe_after=timezone.now())
    notary.is_cut = True

    probe(town.region.notary)

    assert breaker.is_open(town.region.notary_id)
    assert NotaryHealth.objects.get().probe_after > timezone.now() - timedelta(seconds=1)


def test_stop_refuses_at_once_and_holds_nothing() -> None:
    town = Town(balance=5000)
    open_breaker(town)

    with pytest.raises(NotaryAway):
        pay(town)

    assert not Payment.objects.exists()
    assert Voucher.objects.get().held == 0


def test_stop_lets_a_payment_that_was_made_before_be_asked_for_again() -> None:
    town = Town(balance=5000)
    payment = pay(town)
    open_breaker(town)

    assert pay(town).pk == payment.pk


def test_accept_goes_on_and_the_payment_is_notarised_afterwards_however_late(notary: FaultyNotary) -> None:
    town = accepting()
    open_breaker(town)

    payment = pay(town)

    assert Payment.objects.get().status == Status.ACCEPTED
    assert exposure_of(town.region).amount == 1000
    breaker.record_answer(town.region.notary_id, seconds=0.01)
    verify_due(town.region.notary, now=timezone.now() + timedelta(hours=4))

    payment.refresh_from_db()
    assert payment.status == Status.COMPLETED
    assert exposure_of(town.region).amount == 0
    assert StoreEntry.objects.get().amount == 1000


@pytest.mark.parametrize(
    ("limits", "amounts", "accepted"),
    [
        ({"guarantee_per_payment": 999}, [1000], 0),
        ({"guarantee_per_wallet": 2500}, [1000, 1000, 1000], 2),
        ({"guarantee_in_all": 1999}, [1000, 1000], 1),
        ({}, [1000, 1000, 1000], 3),
    ],
)
def test_past_a_limit_the_region_behaves_as_stop(limits: dict[str, int], amounts: list[int], accepted: int) -> None:
    town = accepting(**limits)
    open_breaker(town)
    refused = 0

    for number, amount in enumerate(amounts):
        try:
            pay(town, amount, key=f"key{number}")
        except NotaryAway:
            refused += 1

    assert Payment.objects.filter(status=Status.ACCEPTED).count() == accepted
    assert refused == len(amounts) - accepted
    assert Payment.objects.count() == accepted


def test_a_payment_caught_in_the_moment_of_failure_is_accepted_when_its_patience_is_over() -> None:
    town = accepting()
    payment = pay(town)

    give_up(town.region.notary, now=timezone.now() + timedelta(seconds=settings.PAYMENT_PATIENCE + 1))

    payment.refresh_from_db()
    assert payment.status == Status.ACCEPTED


def test_what_the_notary_refuses_afterwards_is_disputed_and_stays_paid_for_the_people(notary: FaultyNotary) -> None:
    town = accepting()
    open_breaker(town)
    payment = pay(town)
    notary.decide([Void(id=payment.pk)], budget=1)
    breaker.record_answer(town.region.notary_id, seconds=0.01)

    verify_due(town.region.notary)

    payment.refresh_from_db()
    assert payment.status == Status.DISPUTED
    assert payment.is_paid
    assert Voucher.objects.get().held == 1000
