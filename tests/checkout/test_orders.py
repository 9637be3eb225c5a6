"""An order takes units and limits once, is issued once, and gives back what it does not keep."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from regions.ids import new_id
from regions.models import Message
from tests.checkout.sale import FACE, Sale
from vouchers import orders, stock
from vouchers.checkout.port import Method
from vouchers.models import Order, Quota, StockSlice, Voucher, VoucherFunding
from vouchers.order_errors import BeyondLimit, OrderSettled, SoldOut, UnitsNotOffered
from vouchers.order_states import TRANSITIONS, OrderStatus
from vouchers.orders import Payment, cancel_order, issue_order, lapse_due, pay_order, remind_due

pytestmark = pytest.mark.django_db
# Threads see only what was committed.
racing = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def paid(order: Order) -> Payment:
    with transaction.atomic():
        return pay_order(order.pk, method=Method.CARD)


def test_ordering_twice_with_one_key_is_one_order(sale: Sale) -> None:
    first, second = sale.order(3, key="same"), sale.order(3, key="same")

    assert first == second
    assert sale.left() == 7
    sale.assert_nothing_oversold()


def test_a_number_that_is_taken_is_replaced_by_another(sale: Sale) -> None:
    first = sale.order(key="first")
    same = Order.objects.get(pk=first.pk)
    same.pk, same.key = new_id(), "second"

    stored = orders._store(same)

    assert stored.pk == same.pk
    assert stored.number != first.number
    assert Order.objects.count() == 2


@pytest.mark.parametrize("count", [0, -1, True, "2", 1.0])
def test_what_is_no_number_of_units_is_refused(count: Any, sale: Sale) -> None:
    with pytest.raises(UnitsNotOffered):
        sale.order(count)
    assert not Order.objects.exists()


def test_a_unit_of_another_programme_is_refused(sale: Sale) -> None:
    other = Sale()
    with pytest.raises(UnitsNotOffered):
        orders.open_order(
            resident=sale.resident,
            programme=sale.programme,
            lines={other.unit.pk: 1},
            pay_by_at=timezone.now(),
            key="x",
        )
    with pytest.raises(UnitsNotOffered):
        orders.open_order(resident=sale.resident, programme=sale.programme, lines={}, pay_by_at=timezone.now(), key="x")


def test_more_than_there_is_cannot_be_ordered_and_nothing_moves(sale: Sale) -> None:
    sale.order(8)

    with pytest.raises(SoldOut) as refused:
        sale.order(3, by=sale.neighbour())

    assert refused.value.left == 2
    assert sale.left() == 2
    assert Quota.objects.filter(units=0).count() == 0
    # What lies in several slices is had together.
    sale.order(2, by=sale.neighbour())
    sale.assert_nothing_oversold()


@pytest.mark.parametrize(
    ("terms", "unit", "left"),
    [
        ({"limit_units_per_person": 4}, {}, 1),
        ({"limit_per_person": 20_000}, {}, 5_000),
        ({}, {"limit_per_person": 4}, 1),
    ],
)
def test_nobody_has_more_than_a_person_may(terms: dict[str, int], unit: dict[str, int], left: int) -> None:
    sale = Sale(unit=unit, **terms)
    sale.order(3)

    with pytest.raises(BeyondLimit) as refused:
        sale.order(2)

    assert refused.value.left == left
    sale.order(1)
    sale.order(1, by=sale.neighbour())
    sale.assert_nothing_oversold()


def test_a_household_has_one_limit_for_all_of_it() -> None:
    sale = Sale(limit_units_per_household=3)
    together = [sale.neighbour(household_no="H1") for _ in range(2)]
    sale.order(2, by=together[0])

    with pytest.raises(BeyondLimit):
        sale.order(2, by=together[1])
    sale.order(1, by=together[1])


def test_a_paid_order_is_issued_once_with_its_premium_and_its_funding(sale: Sale) -> None:
    order = sale.order(2)
    assert paid(order) == Payment.TAKEN

    assert issue_order(order.pk)
    assert not issue_order(order.pk)

    voucher = Voucher.objects.get()
    assert (voucher.face, voucher.wallet) == (2 * FACE, sale.wallet)
    assert dict(VoucherFunding.objects.values_list("source", "amount")) == {"resident": 10_000, "city": 3_000}
    assert Message.objects.filter(resident=sale.resident, kind="order-issued").count() == 1


def test_what_is_not_paid_in_time_lapses_and_can_be_bought_again(sale: Sale) -> None:
    order = sale.order(10, pay_by_at=timezone.now() + DAY)
    assert lapse_due() == 0

    assert lapse_due(at=timezone.now() + 2 * DAY) == 1

    order.refresh_from_db()
    assert order.status == OrderStatus.LAPSED
    assert Message.objects.filter(kind="order-lapsed").count() == 1
    assert sale.order(10, by=sale.neighbour()).is_pending
    sale.assert_nothing_oversold()


def test_money_after_the_deadline_counts_while_units_are_left(sale: Sale) -> None:
    order = sale.order(6, pay_by_at=timezone.now() - DAY)
    lapse_due()

    assert paid(order) == Payment.TAKEN
    assert sale.left() == 4
    sale.assert_nothing_oversold()


def test_money_after_the_deadline_is_too_late_when_others_have_the_units(sale: Sale) -> None:
    order = sale.order(6, pay_by_at=timezone.now() - DAY)
    lapse_due()
    sale.order(5, by=sale.neighbour())

    assert paid(order) == Payment.TOO_LATE
    order.refresh_from_db()
    assert order.status == OrderStatus.LAPSED
    sale.assert_nothing_oversold()


def test_what_is_paid_cannot_be_cancelled_or_paid_again(sale: Sale) -> None:
    order = sale.order()
    paid(order)

    with pytest.raises(OrderSettled):
        cancel_order(order.pk)
    assert paid(order) == Payment.PAID_BEFORE
    assert lapse_due(at=timezone.now() + 30 * DAY) == 0


def test_the_database_lets_no_order_go_where_the_table_does_not(sale: Sale) -> None:
    order = sale.order()
    assert set(TRANSITIONS) == set(OrderStatus)

    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(status=OrderStatus.ISSUED)
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(amount=1)


def test_reminders_come_three_days_and_one_day_before_once_each(sale: Sale) -> None:
    now = timezone.now()
    sale.order(pay_by_at=now + 5 * DAY)

    for at in (now, now + 2 * DAY, now + 2.1 * DAY, now + 4 * DAY, now + 4 * DAY):
        remind_due(at=at)

    assert Order.objects.get().remind_after is None
    assert Message.objects.filter(kind="order-due").count() == 2


# Races.


def together(*calls: Callable[[], object]) -> list[object]:
    """What each call answers or raises when all of them begin at the same moment."""
    gate, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int, call: Callable[[], object]) -> None:
        gate.wait()
        try:
            answers[place] = call()  # type: ignore[call-overload]
        except Exception as problem:
            answers[place] = problem  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers  # type: ignore[return-value]


def rush(sale: Sale, buyers: int, units: int) -> list[object]:
    people = [sale.neighbour() for _ in range(buyers)]
    return together(*(lambda person=person: sale.order(units, by=person) for person in people))  # type: ignore[misc]


@racing
def test_thirty_who_buy_at_once_get_no_unit_too_many() -> None:
    sale = Sale(stock=25)

    answers = rush(sale, 30, 2)

    bought = [answer for answer in answers if isinstance(answer, Order)]
    # On a slow machine somebody may be told to come again because a lock was not had in time.
    assert all(isinstance(answer, SoldOut | OperationalError) for answer in answers if answer not in bought)
    assert bought
    sale.assert_nothing_oversold()
    for _unit in range(12 - len(bought)):
        sale.order(2, by=sale.neighbour())
    with pytest.raises(SoldOut):
        sale.order(2, by=sale.neighbour())
    assert sale.left() == 1
    sale.assert_nothing_oversold()


@racing
def test_without_the_condition_the_same_rush_oversells(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_then_write(unit: Any, count: int) -> None:
        stock._lay_out(unit)
        left = sum(part.units_left for part in StockSlice.objects.filter(unit=unit))
        if left < count:
            raise SoldOut(left=left)
        threading.Event().wait(0.05)
        part = StockSlice.objects.filter(unit=unit).first()
        StockSlice.objects.filter(pk=part.pk).update(units_left=max(part.units_left - count, 0))  # type: ignore[union-attr]

    monkeypatch.setattr(orders, "take_units", read_then_write)
    sale = Sale(stock=10)

    rush(sale, 12, 2)

    with pytest.raises(AssertionError):
        sale.assert_nothing_oversold()


@racing
def test_one_person_at_many_devices_stays_within_the_limit() -> None:
    sale = Sale(stock=100, limit_units_per_person=4)

    answers = together(*(lambda: sale.order(1, key=uuid4().hex) for _ in range(12)))

    assert sum(isinstance(answer, Order) for answer in answers) == 4
    assert sum(isinstance(answer, BeyondLimit) for answer in answers) == 8
    sale.assert_nothing_oversold()


@racing
def test_a_payment_and_the_lapse_at_the_same_moment_end_in_one_story(sale: Sale) -> None:
    for _round in range(5):
        order = sale.order(1, pay_by_at=timezone.now() - DAY)

        together(lambda order=order: paid(order), lapse_due)  # type: ignore[misc]

        order.refresh_from_db()
        assert order.status == OrderStatus.PAID
        sale.assert_nothing_oversold()


@racing
def test_issuing_at_many_places_at_once_issues_once(sale: Sale) -> None:
    order = sale.order(2)
    paid(order)

    answers = together(*(lambda: issue_order(order.pk) for _ in range(6)))

    assert answers.count(True) == 1
    assert Voucher.objects.count() == 1
