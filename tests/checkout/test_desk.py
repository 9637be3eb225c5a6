"""Cash at the desk: taken once, for the right amount, undone on the same day by two people."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from payments.authorisation import PaymentRequest, authorise
from payments.verification import verify_due
from regions.approvals import decide
from regions.errors import SamePerson
from tests.checkout.sale import Sale, committed
from vouchers.desk import ask_undo, take_cash
from vouchers.models import CashEntry, Order, Voucher
from vouchers.order_errors import AmountDiffers, OrderSettled, UndoNotPossible
from vouchers.order_states import OrderStatus
from vouchers.receipt import receipt_pdf
from vouchers.registration import register_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(sale: Sale) -> tuple[Order, Any]:
    order, clerk = sale.order(2), sale.secretary()
    with committed():
        take_cash(order, amount=10_000, by=clerk)
    order.refresh_from_db()
    return order, clerk


def test_cash_makes_vouchers_and_a_receipt(sale: Sale, taken: tuple[Order, Any]) -> None:
    order, clerk = taken

    assert (order.status, order.method) == (OrderStatus.ISSUED, "cash")
    entry = CashEntry.objects.get()
    assert (entry.amount, entry.by) == (10_000, clerk)
    paper = receipt_pdf(order, entry)
    assert paper.startswith(b"%PDF")
    assert paper == receipt_pdf(order, entry)


def test_pressing_twice_takes_the_cash_once(taken: tuple[Order, Any]) -> None:
    order, clerk = taken

    again = take_cash(order, amount=10_000, by=clerk)

    assert again == CashEntry.objects.get()
    assert Voucher.objects.count() == 1


def test_a_wrong_amount_and_a_settled_order_are_refused(sale: Sale, taken: tuple[Order, Any]) -> None:
    other = sale.order(1)

    with pytest.raises(AmountDiffers):
        take_cash(other, amount=10_000, by=taken[1])
    with pytest.raises(OrderSettled):
        take_cash(taken[0], amount=10_000, by=sale.secretary())
    assert CashEntry.objects.count() == 1


def test_two_people_undo_it_on_the_same_day(sale: Sale, taken: tuple[Order, Any]) -> None:
    order, clerk = taken
    approval = ask_undo(order, reason="番号違い", by=clerk)
    with pytest.raises(SamePerson):
        decide(approval.pk, approve=True, by=clerk)

    decide(approval.pk, approve=True, by=sale.secretary())

    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED
    assert sum(CashEntry.objects.values_list("amount", flat=True)) == 0
    assert Voucher.objects.get().available == 0
    assert sale.left() == 10
    sale.assert_nothing_oversold()


def test_on_another_day_it_stays(taken: tuple[Order, Any]) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False), pytest.raises(UndoNotPossible):
        ask_undo(taken[0], reason="番号違い", by=taken[1])


@pytest.mark.django_db(transaction=True)
def test_what_has_been_spent_cannot_be_undone_even_when_asked_before(sale: Sale, taken: tuple[Order, Any]) -> None:
    order, clerk = taken
    approval = ask_undo(order, reason="番号違い", by=clerk)
    register_due(sale.region.notary)
    authorise(PaymentRequest(region=sale.region, wallet_id=sale.wallet.pk, till=sale.till.code, amount=1, key="k"))
    verify_due(sale.region.notary)

    with pytest.raises(UndoNotPossible):
        decide(approval.pk, approve=True, by=sale.secretary())

    approval.refresh_from_db()
    assert approval.is_open
    assert CashEntry.objects.count() == 1
