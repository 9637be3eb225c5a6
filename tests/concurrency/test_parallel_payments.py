"""Payments that race each other, on real threads and real connections; each race has a sibling without the guard."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from payments.authorisation import PaymentRequest, authorise
from payments.models import Payment
from payments.states import Status
from payments.verification import verify_due
from tests.factories import Town
from tests.notaries import FaultyNotary
from vouchers.errors import InsufficientBalance
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 20
T = TypeVar("T")


def at_once(count: int, act: Callable[[int], T]) -> list[T]:
    """Run `act` in `count` turns on threads that start together, each with a connection of its own."""
    barrier = Barrier(min(count, THREADS))

    def turn(number: int) -> T:
        if number < barrier.parties:
            barrier.wait()
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(barrier.parties) as threads:
        return list(threads.map(turn, range(count)))


def ask(town: Town, amount: int, key: str) -> PaymentRequest:
    return PaymentRequest(town.region, town.wallet.pk, town.till.code, amount, key)


def test_a_hundred_requests_with_one_key_are_one_payment() -> None:
    town = Town(balance=500)

    payments = at_once(100, lambda _n: authorise(ask(town, 500, "one")).pk)

    assert len(set(payments)) == 1
    assert Payment.objects.count() == 1
    assert Voucher.objects.get().held == 500


def test_a_hundred_payments_of_100_yen_on_500_are_exactly_five(notary: FaultyNotary) -> None:
    town = Town(balance=500)

    def pay(number: int) -> str:
        try:
            return authorise(ask(town, 100, f"key{number}")).status
        except InsufficientBalance as refusal:
            return f"refused with {refusal.available}"

    answers = Counter(at_once(100, pay))
    verify_due(town.region.notary)

    assert answers["pending"] == 5
    assert sum(answers.values()) == 100
    assert list(Payment.objects.values_list("status", flat=True)) == [Status.COMPLETED] * 5
    page = notary.log(0, 100, budget=1)
    assert [entry.outcome.outcome for entry in page.entries].count("committed") == 5


def test_without_the_guard_the_same_race_overdraws() -> None:
    """The sibling: read, decide, write, as the payment must not do. The constraint is what stops it then."""
    Town(balance=500)
    barrier = Barrier(2)

    def read_then_write(_number: int) -> int:
        voucher = Voucher.objects.get()
        if voucher.available < 400:
            return 0
        barrier.wait()
        return Voucher.objects.filter(pk=voucher.pk).update(held=voucher.held + 400)

    assert at_once(2, read_then_write) == [1, 1]
    assert Voucher.objects.get().held == 400
    Voucher.objects.update(held=0)


def test_two_workers_settle_every_payment_once() -> None:
    town = Town(balance=5000)
    for number in range(50):
        authorise(ask(town, 100, f"key{number}"))

    settled = at_once(4, lambda _n: verify_due(town.region.notary))

    assert sum(settled) == 50
    assert Voucher.objects.get().spent == 5000
