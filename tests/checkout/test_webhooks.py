"""What the provider tells us: replayed, forged, out of order, wrong, late. Nothing is lost or issued twice."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regions.models import Message
from tests.checkout.fake_stripe import Provider, signed
from tests.checkout.sale import FACE, Sale, committed
from vouchers.checkout.choice import konbini_days, offered
from vouchers.checkout.errors import CheckoutUnavailable
from vouchers.checkout.port import Method
from vouchers.checkouts import begin_checkout, tend_attempts
from vouchers.desk import take_cash
from vouchers.models import Attempt, Order, ProviderEvent, Voucher
from vouchers.order_errors import MethodNotOffered
from vouchers.order_states import OrderStatus
from vouchers.orders import lapse_due

pytestmark = pytest.mark.django_db

ADDRESS = "/webhooks/stripe/"


def knock(event: dict[str, Any], *, signature: str | None = None) -> int:
    body = json.dumps(event).encode()
    headers = {"Stripe-Signature": signed(body) if signature is None else signature}
    with committed():
        return Client().post(ADDRESS, body, content_type="application/json", headers=headers).status_code


def begun(sale: Sale, method: Method = Method.KONBINI, **order: Any) -> Attempt:
    return begin_checkout(sale.order(2, **order), method)


def issued(order: Order) -> bool:
    order.refresh_from_db()
    return order.status == OrderStatus.ISSUED


def test_a_card_payment_is_told_and_issued(sale: Sale, provider: Provider) -> None:
    attempt = begun(sale, Method.CARD)
    provider.pay(attempt.reference)

    assert knock(provider.events[-1]) == 200

    assert issued(attempt.order)
    assert Voucher.objects.get().face == 2 * FACE


def test_the_same_message_again_changes_nothing(sale: Sale, provider: Provider) -> None:
    attempt = begun(sale, Method.CARD)
    provider.pay(attempt.reference)

    assert [knock(provider.events[-1]) for _ in range(3)] == [200, 200, 200]

    assert ProviderEvent.objects.count() == 1
    assert Voucher.objects.count() == 1


def test_messages_out_of_order_end_as_those_in_order(sale: Sale, provider: Provider) -> None:
    attempt = begun(sale)
    provider.pay(attempt.reference)
    provider.pay_at_the_till(attempt.reference)
    handed_out, came_in = provider.events[-2:]

    assert [knock(came_in), knock(handed_out)] == [200, 200]

    assert issued(attempt.order)
    attempt.refresh_from_db()
    assert attempt.standing == "paid"


@pytest.mark.parametrize(
    "forge",
    [
        lambda body: "",
        lambda body: "t=1,v1=00",
        lambda body: signed(body, secret="whsec_other"),
        lambda body: signed(body, at=time.time() - 3600),
        lambda body: signed(body + b" "),
    ],
    ids=["none", "nonsense", "another secret", "an hour old", "another body"],
)
def test_what_is_not_the_providers_own_is_refused(forge: Any, sale: Sale, provider: Provider) -> None:
    attempt = begun(sale, Method.CARD)
    provider.pay(attempt.reference)
    event = provider.events[-1]

    assert knock(event, signature=forge(json.dumps(event).encode())) == 400

    assert not ProviderEvent.objects.exists()
    assert not issued(attempt.order)


def test_another_amount_or_currency_issues_nothing_and_is_shown(sale: Sale, provider: Provider) -> None:
    attempt = begun(sale, Method.CARD)
    provider.pay(attempt.reference, amount=100)

    knock(provider.events[-1])

    attempt.refresh_from_db()
    assert (attempt.problem, attempt.order.status) == ("wrong_amount", OrderStatus.PENDING)
    assert not Voucher.objects.exists()


def test_a_message_of_somebody_elses_session_is_taken_in_and_ignored(sale: Sale, provider: Provider) -> None:
    attempt = begun(sale, Method.CARD)
    provider.sessions[attempt.reference]["client_reference_id"] = "not-ours"
    provider.pay(attempt.reference)

    assert knock(provider.events[-1]) == 200
    assert knock({**provider.events[-1], "id": "evt_other", "type": "charge.updated"}) == 200

    assert not issued(attempt.order)


def test_pressing_twice_opens_one_page(sale: Sale, provider: Provider) -> None:
    order = sale.order()

    pages = {begin_checkout(order, Method.CARD).page_url for _ in range(3)}

    assert len(pages) == 1
    assert len(provider.sessions) == 1


def test_another_way_of_paying_withdraws_the_first(sale: Sale, provider: Provider) -> None:
    order = sale.order()
    first = begin_checkout(order, Method.KONBINI)
    provider.pay(first.reference)
    knock(provider.events[-1])

    second = begin_checkout(order, Method.CARD)

    first.refresh_from_db()
    assert (first.standing, second.standing) == ("ended", "open")


def test_money_too_late_is_given_back_once_and_told(sale: Sale, provider: Provider) -> None:
    attempt = begun(sale)
    provider.pay(attempt.reference)
    Order.objects.update(pay_by_at=timezone.now() - timedelta(days=2))
    assert lapse_due() == 1
    sale.order(10, by=sale.neighbour())
    provider.pay_at_the_till(attempt.reference)

    knock(provider.events[-1])
    for _time in range(2):
        tend_attempts()

    assert [refund["amount"] for refund in provider.refunds] == ["10000"]
    attempt.refresh_from_db()
    assert attempt.given_back_at
    assert Message.objects.filter(kind="order-returned").count() == 1
    assert not Voucher.objects.exists()
    sale.assert_nothing_oversold()


def test_paid_at_the_desk_and_at_the_provider_the_second_is_given_back(sale: Sale, provider: Provider) -> None:
    attempt = begun(sale, Method.CARD)
    order = attempt.order
    with committed():
        take_cash(order, amount=order.amount, by=sale.secretary())
    provider.pay(attempt.reference)

    tend_attempts()
    tend_attempts()

    assert issued(order)
    assert [refund["amount"] for refund in provider.refunds] == ["10000"]
    assert Voucher.objects.count() == 1


def test_a_lapsed_orders_page_is_closed_at_the_provider(sale: Sale, provider: Provider) -> None:
    attempt = begun(sale, Method.CARD)
    lapse_due(at=timezone.now() + timedelta(days=30))

    tend_attempts()

    assert provider.sessions[attempt.reference]["status"] == "expired"


def test_a_lost_message_is_found_by_asking(sale: Sale, provider: Provider) -> None:
    attempt = begun(sale, Method.CARD)
    provider.pay(attempt.reference)

    with committed():
        tend_attempts(now=timezone.now() + timedelta(minutes=11))

    assert issued(attempt.order)


def test_a_provider_that_was_away_is_asked_again_with_the_same_key(sale: Sale, provider: Provider) -> None:
    order = sale.order()
    provider.away = True
    with pytest.raises(CheckoutUnavailable):
        begin_checkout(order, Method.CARD)
    provider.away = False

    attempt = begin_checkout(order, Method.CARD)

    assert attempt.reference in provider.sessions
    assert Attempt.objects.count() == 1


def test_without_a_key_only_the_desk_is_there(sale: Sale, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = settings.STRIPE_WEBHOOK_SECRET = ""

    with pytest.raises(MethodNotOffered):
        begin_checkout(sale.order(), Method.CARD)
    assert knock({}) == 404


def test_a_number_never_outlives_the_order(provider: Provider, sale: Sale) -> None:
    tz = sale.region.tz
    now = timezone.now().astimezone(tz).replace(hour=12, minute=0, second=0, microsecond=0)
    midnight = now.replace(hour=23, minute=59, second=59)

    found = [konbini_days(now=now, pay_by_at=midnight + timedelta(days=days), tz=tz) for days in (0, 1, 2, 90)]

    assert found == [0, 1, 2, 60]
    assert konbini_days(now=now, pay_by_at=now + timedelta(days=2), tz=tz) == 1
    assert offered(now=now, pay_by_at=now + timedelta(hours=2), tz=tz) == [Method.CARD]
    assert offered(now=now, pay_by_at=now + timedelta(minutes=5), tz=tz) == []
