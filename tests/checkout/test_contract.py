"""The port's promises, kept by every way in which money comes in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.checkout import fake_stripe
from tests.checkout.sale import Sale
from vouchers.checkout.counter import CounterCheckout
from vouchers.checkout.errors import CheckoutRefused, CheckoutUnavailable, CheckoutUnknown, KeyUsedOtherwise
from vouchers.checkout.port import Begun, Charge, Checkout, Method, Standing
from vouchers.checkout.stripe_checkout import StripeCheckout
from vouchers.desk import take_cash
from vouchers.models import CashEntry, Order
from vouchers.orders import cancel_order

pytestmark = pytest.mark.django_db


@dataclass
class Way:
    """An adapter, and what happens on its other side."""

    checkout: Checkout
    order: Order
    charge: Charge
    pay: Callable[[Begun], object]
    returned: Callable[[], list[int]]


def charge(order: Order, method: Method) -> Charge:
    return Charge(
        key=f"key-{order.pk}",
        order=str(order.pk),
        number=order.number,
        amount=order.amount,
        method=method,
        description="商品券 1口",
        return_url="http://localhost/orders/",
        expires_at=timezone.now().replace(microsecond=0) + timedelta(hours=5),
        konbini_days=3,
    )


@pytest.fixture(params=["counter", "card", "konbini"])
def way(request: pytest.FixtureRequest, sale: Sale, provider: fake_stripe.Provider) -> Iterator[Way]:
    order = sale.order(2)
    if request.param == "counter":
        clerk = sale.secretary()
        yield Way(
            checkout=CounterCheckout(by=clerk),
            order=order,
            charge=charge(order, Method.CASH),
            pay=lambda _begun: take_cash(order, amount=order.amount, by=clerk),
            returned=lambda: [-entry.amount for entry in CashEntry.objects.filter(order=order, amount__lt=0)],
        )
        return

    def pay(begun: Begun) -> None:
        provider.pay(begun.reference)
        if request.param == "konbini":
            provider.pay_at_the_till(begun.reference)

    yield Way(
        checkout=StripeCheckout(secret_key=fake_stripe.SECRET_KEY, base=provider.base),
        order=order,
        charge=charge(order, Method(request.param)),
        pay=pay,
        returned=lambda: [int(refund["amount"]) for refund in provider.refunds],
    )


def test_beginning_is_idempotent_on_the_key(way: Way) -> None:
    begun = way.checkout.begin(way.charge)

    assert way.checkout.begin(way.charge) == begun
    assert way.checkout.look(begun.reference).standing == Standing.OPEN
    assert way.checkout.look(begun.reference).amount == 10_000


def test_a_key_is_not_used_for_another_amount(way: Way) -> None:
    way.checkout.begin(way.charge)

    with pytest.raises(KeyUsedOtherwise):
        way.checkout.begin(replace(way.charge, amount=way.charge.amount + 1))


def test_what_was_paid_is_seen_with_its_amount(way: Way) -> None:
    begun = way.checkout.begin(way.charge)

    way.pay(begun)

    found = way.checkout.look(begun.reference)
    assert (found.standing, found.amount, found.currency) == (Standing.PAID, 10_000, "jpy")


def test_what_is_withdrawn_has_ended_however_often_it_is_asked(way: Way) -> None:
    begun = way.checkout.begin(way.charge)
    cancel_order(way.order.pk)

    assert way.checkout.withdraw(begun.reference).standing == Standing.ENDED
    assert way.checkout.withdraw(begun.reference).standing == Standing.ENDED


def test_withdrawing_what_was_paid_says_that_it_was_paid(way: Way) -> None:
    begun = way.checkout.begin(way.charge)
    way.pay(begun)

    assert way.checkout.withdraw(begun.reference).standing == Standing.PAID


def test_money_is_given_back_once_per_key(way: Way) -> None:
    begun = way.checkout.begin(way.charge)
    way.pay(begun)

    for _time in range(2):
        way.checkout.give_back(begun.reference, amount=10_000, key="back", email="a@example.jp")

    assert way.returned() == [10_000]
    with pytest.raises(CheckoutRefused):
        way.checkout.give_back(begun.reference, amount=1, key="more")


def test_what_was_not_paid_is_not_given_back(way: Way) -> None:
    begun = way.checkout.begin(way.charge)

    with pytest.raises(CheckoutRefused):
        way.checkout.give_back(begun.reference, amount=10_000, key="back")
    assert way.returned() == []


def test_a_reference_of_nothing_is_unknown(way: Way) -> None:
    for nothing in ("cs_nothing", "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(CheckoutUnknown):
            way.checkout.look(nothing)


def test_a_provider_that_is_away_is_told_from_one_that_refuses(provider: fake_stripe.Provider) -> None:
    provider.away = True
    with pytest.raises(CheckoutUnavailable):
        StripeCheckout(secret_key=fake_stripe.SECRET_KEY, base=provider.base).look("cs_any")
    provider.away = False
    with pytest.raises(CheckoutRefused):
        StripeCheckout(secret_key="sk_test_wrong", base=provider.base).look("cs_any")
    with pytest.raises(CheckoutUnavailable):
        StripeCheckout(secret_key=fake_stripe.SECRET_KEY, base="http://127.0.0.1:9").look("cs_any")


def test_a_number_for_the_convenience_store_has_a_page_and_can_be_withdrawn(
    sale: Sale, provider: fake_stripe.Provider
) -> None:
    checkout = StripeCheckout(secret_key=fake_stripe.SECRET_KEY, base=provider.base)
    begun = checkout.begin(charge(sale.order(), Method.KONBINI))
    provider.pay(begun.reference)

    found = checkout.look(begun.reference)

    assert found.standing == Standing.WAITING
    assert "/konbini/" in found.url
    assert checkout.withdraw(begun.reference).standing == Standing.ENDED
