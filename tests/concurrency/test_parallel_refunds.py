"""Fifty refunds of one payment at once: together exactly its amount comes back."""

from collections import Counter
from threading import Barrier

import pytest
from django.db.models import Sum

from payments.errors import AlreadyRefunded
from payments.models import Payment, Refund, StoreEntry
from payments.refund_verification import verify_refunds
from payments.refunds import RefundRequest, refund_payment
from regions.models import Message
from tests.books import assert_books_balance
from tests.concurrency.test_parallel_payments import at_once
from tests.factories import Town, issue
from tests.staff.sign_in import paid
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def payment(town: Town) -> Payment:
    """A payment that took 300 and 700 from two vouchers."""
    issue(town.resident, town.common, 300)
    issue(town.resident, town.common, 900)
    return paid(town, 1_000)


def test_fifty_refunds_of_100_yen_give_back_exactly_the_1000_that_were_paid(town: Town, payment: Payment) -> None:
    shop = town.shop_person()

    def give_back(number: int) -> str:
        try:
            return refund_payment(RefundRequest(payment.pk, 100, "返品", shop, f"key {number}")).status
        except AlreadyRefunded as refusal:
            return f"left {refusal.left}"

    answers = Counter(at_once(50, give_back))
    at_once(4, lambda _number: verify_refunds(town.region.notary))
    while verify_refunds(town.region.notary):
        pass

    payment.refresh_from_db()
    assert answers == {"pending": 10, "left 0": 40}
    assert payment.refunded == 1_000
    assert list(Refund.objects.values_list("status", flat=True)) == ["completed"] * 10
    assert Voucher.objects.aggregate(spent=Sum("spent"))["spent"] == 0
    assert StoreEntry.objects.aggregate(owed=Sum("amount"))["owed"] == 0
    assert Message.objects.count() == 10
    assert_books_balance()


def test_fifty_times_the_same_refund_is_one(town: Town, payment: Payment) -> None:
    shop = town.shop_person()

    refunds = at_once(50, lambda _n: refund_payment(RefundRequest(payment.pk, 400, "返品", shop, "one")).pk)
    verify_refunds(town.region.notary)

    payment.refresh_from_db()
    assert len(set(refunds)) == 1
    assert payment.refunded == 400
    assert_books_balance()


def test_without_the_guard_the_same_race_gives_back_more_than_was_paid(payment: Payment) -> None:
    """The sibling: read, decide, write. Two refunds of 700 of 1,000 yen both go through, and one is forgotten."""
    barrier = Barrier(2)

    def read_then_write(_number: int) -> int:
        found = Payment.objects.get(pk=payment.pk)
        if found.refundable < 700:
            return 0
        barrier.wait()
        return Payment.objects.filter(pk=found.pk).update(refunded=found.refunded + 700)

    assert at_once(2, read_then_write) == [1, 1]
    payment.refresh_from_db()
    assert payment.refunded == 700
    Payment.objects.update(refunded=0)
