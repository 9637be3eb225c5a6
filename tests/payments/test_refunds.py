"""Value given back: to the very vouchers it came from, never more than was paid, and notarised."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notary.client.values import Reverse
from payments.authorisation import PaymentRequest, authorise
from payments.errors import AlreadyRefunded, AmountInvalid, KeyReused, NotRefundable, ReasonMissing
from payments.models import Payment, Refund, StoreEntry
from payments.refund_verification import verify_refunds
from payments.refunds import RefundRequest, refund_payment
from payments.states import RefundStatus, Status
from payments.verification import verify_due
from regions.models import User
from tests.factories import Town, issue
from tests.notaries import FaultyNotary
from vouchers.models import Voucher
from vouchers.spending import expire_due

pytestmark = pytest.mark.django_db(transaction=True)


def completed_payment(town: Town, amount: int = 1000) -> Payment:
    payment = authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, amount, "key"))
    verify_due(town.region.notary)
    payment.refresh_from_db()
    assert payment.status == Status.COMPLETED
    return payment


def ask(payment: Payment, by: User, amount: Any, *, key: str = "refund", reason: str = "打ち間違い") -> RefundRequest:
    return RefundRequest(payment_id=payment.pk, amount=amount, reason=reason, by=by, key=key)


def test_a_refund_goes_back_to_the_vouchers_it_came_from_last_drawn_first() -> None:
    town = Town()
    soon = issue(town.resident, town.common, 300, expires_at=timezone.now() + timedelta(days=5))
    late = issue(town.resident, town.common, 900, expires_at=timezone.now() + timedelta(days=50))
    payment = completed_payment(town)

    refund = refund_payment(ask(payment, town.shop_person(), 800))
    verify_refunds(town.region.notary)

    refund.refresh_from_db()
    payment.refresh_from_db()
    spent = dict(Voucher.objects.values_list("pk", "spent"))
    assert refund.status == RefundStatus.COMPLETED
    assert payment.refunded == 800
    assert spent == {soon.pk: 200, late.pk: 0}
    assert sum(StoreEntry.objects.values_list("amount", flat=True)) == 200


def test_the_value_returns_only_when_the_notary_has_reversed_it(notary: FaultyNotary) -> None:
    town = Town(balance=1000)
    payment = completed_payment(town)
    notary.is_cut = True

    refund = refund_payment(ask(payment, town.shop_person(), 1000))
    verify_refunds(town.region.notary)

    refund.refresh_from_db()
    assert refund.status == RefundStatus.PENDING
    assert Voucher.objects.get().spent == 1000

    notary.is_cut = False
    verify_refunds(town.region.notary, now=timezone.now() + timedelta(seconds=10))

    assert Voucher.objects.get().spent == 0


def test_the_same_key_refunds_once() -> None:
    town = Town(balance=1000)
    payment, shop = completed_payment(town), town.shop_person()

    first, second = refund_payment(ask(payment, shop, 400)), refund_payment(ask(payment, shop, 400))

    assert first.pk == second.pk
    payment.refresh_from_db()
    assert payment.refunded == 400
    with pytest.raises(KeyReused):
        refund_payment(ask(payment, shop, 500))


def test_never_more_than_was_paid() -> None:
    town = Town(balance=1000)
    payment, shop = completed_payment(town), town.shop_person()
    refund_payment(ask(payment, shop, 700, key="first"))

    with pytest.raises(AlreadyRefunded) as refusal:
        refund_payment(ask(payment, shop, 301, key="second"))

    assert refusal.value.left == 300
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("amount", [0, -5, 1.5, "100", None, True])
def test_what_is_no_whole_number_of_yen_is_refused(amount: Any) -> None:
    town = Town(balance=1000)
    payment = completed_payment(town)

    with pytest.raises(AmountInvalid):
        refund_payment(ask(payment, town.shop_person(), amount))

    assert not Refund.objects.exists()


def test_a_refund_says_why() -> None:
    town = Town(balance=1000)
    payment = completed_payment(town)

    with pytest.raises(ReasonMissing):
        refund_payment(ask(payment, town.shop_person(), 100, reason="  "))

    assert not Refund.objects.exists()


def test_only_a_completed_payment_can_be_refunded() -> None:
    town = Town(balance=1000)
    payment = authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, 1000, "key"))

    with pytest.raises(NotRefundable):
        refund_payment(ask(payment, town.shop_person(), 100))

    assert not Refund.objects.exists()


def test_what_the_notary_refuses_to_reverse_leaves_the_payment_as_it_was(notary: FaultyNotary) -> None:
    town = Town(balance=1000)
    payment = completed_payment(town)
    voucher = Voucher.objects.get()
    notary.decide([Reverse(town.region.pk, payment.pk, ((voucher.pk, 1000),))], budget=1)

    refund = refund_payment(ask(payment, town.shop_person(), 1000))
    verify_refunds(town.region.notary)

    refund.refresh_from_db()
    payment.refresh_from_db()
    assert refund.status == RefundStatus.REFUSED
    assert payment.refunded == 0
    assert Voucher.objects.get().spent == 1000


def test_a_refund_after_expiry_does_not_extend_the_voucher() -> None:
    town = Town(balance=1000)
    payment = completed_payment(town)
    after = Voucher.objects.get().expires_at + timedelta(days=1)
    expire_due(at=after)

    refund_payment(ask(payment, town.shop_person(), 1000))
    verify_refunds(town.region.notary)
    expire_due(at=after)

    voucher = Voucher.objects.get()
    assert (voucher.spent, voucher.expired, voucher.available) == (0, 1000, 0)
