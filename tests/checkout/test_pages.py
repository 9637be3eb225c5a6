"""The pages around an order: the resident's, and the desk's."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.checkout.fake_stripe import Provider
from tests.checkout.sale import Sale, committed
from tests.staff.sign_in import signed_in
from vouchers.models import CashEntry
from vouchers.order_states import OrderStatus

pytestmark = pytest.mark.django_db


def page_of(sale: Sale, name: str, *more: str) -> str:
    return reverse(name, args=[sale.region.slug, *more])


def test_a_resident_sees_the_amount_the_deadline_and_the_ways(sale: Sale, provider: Provider) -> None:
    order = sale.order(2)

    answer = signed_in(sale.user).get(page_of(sale, "order", order.number))

    text = answer.content.decode()
    assert order.number in text
    assert "10,000" in text
    assert [str(way) for way in answer.context["ways"]] == ["konbini", "card"]
    assert order.number in signed_in(sale.user).get(page_of(sale, "orders")).content.decode()


def test_paying_leads_to_the_providers_page_and_coming_back_shows_the_outcome(sale: Sale, provider: Provider) -> None:
    order, resident = sale.order(2), signed_in(sale.user)

    left = resident.post(page_of(sale, "order-pay", order.number), {"method": "card"})
    assert left.status_code == 303
    assert left["Location"].startswith(provider.base)
    provider.pay(left["Location"].rsplit("/", 1)[-1])
    with committed():
        resident.get(page_of(sale, "order", order.number))

    order.refresh_from_db()
    assert order.status == OrderStatus.ISSUED
    assert resident.get(page_of(sale, "order-state", order.number)).json() == {"status": "issued"}


def test_without_a_provider_the_page_names_the_desk_only(sale: Sale) -> None:
    order = sale.order()

    answer = signed_in(sale.user).get(page_of(sale, "order", order.number))

    assert answer.context["ways"] == []
    refused = signed_in(sale.user).post(page_of(sale, "order-pay", order.number), {"method": "bitcoin"})
    assert refused.status_code == 302


def test_nobody_sees_or_cancels_anothers_order(sale: Sale) -> None:
    order, other = sale.order(), signed_in(sale.neighbour().user)  # type: ignore[arg-type]

    assert other.get(page_of(sale, "order", order.number)).status_code == 404
    assert other.post(page_of(sale, "order-cancel", order.number)).status_code == 404
    assert Client().get(page_of(sale, "order", order.number)).status_code == 302
    order.refresh_from_db()
    assert order.is_pending


def test_the_desk_takes_the_right_amount_and_prints_a_receipt(sale: Sale) -> None:
    order, clerk = sale.order(2), signed_in(sale.secretary())
    desk = reverse("staff:vouchers_order_desk", args=[order.pk])

    clerk.post(desk, {"amount": "9999"})
    assert not CashEntry.objects.exists()
    with committed():
        clerk.post(desk, {"amount": "10000"})

    assert CashEntry.objects.get().amount == 10_000
    receipt = clerk.get(reverse("staff:vouchers_order_receipt", args=[order.pk]))
    assert receipt["Content-Type"] == "application/pdf"
    found = clerk.get(reverse("staff:vouchers_order_changelist"), {"q": order.number})
    assert order.number in found.content.decode()


def test_the_desk_of_another_region_finds_nothing(sale: Sale) -> None:
    order = sale.order()

    answer = signed_in(Sale().secretary()).post(
        reverse("staff:vouchers_order_desk", args=[order.pk]), {"amount": "5000"}
    )

    assert answer.status_code == 404
    assert not CashEntry.objects.exists()
