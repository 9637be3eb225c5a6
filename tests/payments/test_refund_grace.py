"""Value refunded after its voucher has expired: gone, unless the programme gives days of grace, and never longer."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from payments.models import Payment
from payments.refund_verification import verify_refunds
from payments.refunds import RefundRequest, refund_payment
from regions.inbox import words_of
from regions.models import Message
from tests.books import assert_books_balance
from tests.factories import Town, issue
from tests.notaries import FaultyNotary
from tests.staff.sign_in import paid
from vouchers.models import Voucher
from vouchers.registration import close_due
from vouchers.spending import expire_due

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def expiry(town: Town) -> datetime:
    return issue(town.resident, town.common, 1_000, expires_at=timezone.now() + 5 * DAY).expires_at


def refund_at(town: Town, payment: Payment, yen: int, at: datetime) -> Voucher:
    """The voucher after a refund at a later moment, and after the sweep that follows it."""
    key = f"{at.isoformat()}"
    with time_machine.travel(at, tick=True):
        expire_due()
        refund_payment(RefundRequest(payment.pk, yen, "打ち間違い", town.shop_person(), key))
        assert verify_refunds(town.region.notary) == 1
        expire_due()
    return Voucher.objects.get()


def grace(town: Town, days: int) -> None:
    town.programme.refund_grace_days = days
    town.programme.save()


def test_without_grace_it_expires_at_once_and_the_resident_is_told_so(town: Town, expiry: datetime) -> None:
    voucher = refund_at(town, paid(town, 600), 600, expiry + DAY)

    assert (voucher.available, voucher.expired, voucher.expires_at) == (0, 1_000, expiry)
    assert "有効期限が過ぎている" in words_of(Message.objects.get()).body
    assert_books_balance()


def test_with_grace_only_what_came_back_can_be_used_to_its_end(town: Town, expiry: datetime) -> None:
    grace(town, 14)
    payment = paid(town, 600)

    voucher = refund_at(town, payment, 500, expiry + 10 * DAY)

    assert (voucher.available, voucher.expired) == (500, 400)
    assert (voucher.expires_at, voucher.first_expires_at) == (expiry + 14 * DAY, expiry)
    with time_machine.travel(expiry + 13 * DAY):
        assert paid(town, 500).status == "completed"
    assert_books_balance()


def test_no_chain_of_refunds_moves_the_end_on(town: Town, expiry: datetime, notary: FaultyNotary) -> None:
    grace(town, 14)
    payment = paid(town, 600)
    refund_at(town, payment, 100, expiry + 13 * DAY)

    voucher = refund_at(town, payment, 500, expiry + 15 * DAY)

    assert (voucher.available, voucher.expired, voucher.expires_at) == (0, 1_000, expiry + 14 * DAY)
    assert_books_balance()


def test_the_notary_keeps_the_voucher_open_until_the_grace_is_over(town: Town, expiry: datetime) -> None:
    grace(town, 14)
    paid(town, 600)
    expire_due(at=expiry + DAY)

    closed = [close_due(town.region.notary, now=expiry + days * DAY) for days in (1, 13, 15)]

    assert closed == [0, 0, 1]


def test_a_refund_in_time_leaves_the_expiry_alone_and_says_until_when(town: Town, expiry: datetime) -> None:
    grace(town, 14)

    voucher = refund_at(town, paid(town, 600), 600, timezone.now() + DAY)

    assert (voucher.available, voucher.expires_at) == (1_000, expiry)
    message = Message.objects.get()
    assert "600円" in words_of(message).subject
    assert timezone.localtime(expiry).strftime("%Y年") in words_of(message).body
    assert message.link == f"/{town.region.slug}/payments/{Payment.objects.get().pk}/"
