"""A mistaken payment cancelled from its page: asked, confirmed, done once, and told in words."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from payments.models import Payment, Refund
from payments.refund_verification import verify_refunds
from payments.states import RefundStatus
from tests.portal.conftest import Shop
from tests.staff.sign_in import pending, refunded, signed_in


@pytest.fixture(autouse=True)
def _no_waiting(settings: Any) -> None:
    """There is no worker here that could decide while the page waits."""
    settings.PAYMENT_BUDGET = 0


def address(payment: Payment, site: str = "portal") -> str:
    return reverse(f"{site}:payments_payment_refund", args=[payment.pk])


def form(**changes: Any) -> dict[str, Any]:
    return {"amount": 300, "reason": "打ち間違い", "key": "from-the-page", "confirmed": "1", **changes}


def told(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_the_page_offers_the_whole_amount_and_a_key(shop: Shop, payment: Payment) -> None:
    answer = shop.client.get(address(payment))

    assert answer.context["form"]["amount"].value() == 1_200
    assert len(answer.context["form"]["key"].value()) >= 32


def test_it_is_confirmed_before_anything_moves(shop: Shop, payment: Payment) -> None:
    unconfirmed = {name: value for name, value in form().items() if name != "confirmed"}

    answer = shop.client.post(address(payment), unconfirmed)

    assert answer.status_code == 200
    assert answer.context["confirming"]
    assert not Refund.objects.exists()


def test_a_confirmed_refund_is_made_and_its_outcome_told(shop: Shop, payment: Payment) -> None:
    answer = shop.client.post(address(payment), form())

    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.requested_by) == (300, "打ち間違い", shop.person)
    assert answer["Location"] == reverse("portal:payments_payment_change", args=[payment.pk])
    assert "300" in told(answer)
    verify_refunds(shop.town.region.notary)


def test_pressing_twice_refunds_once(shop: Shop, payment: Payment) -> None:
    shop.client.post(address(payment), form())
    verify_refunds(shop.town.region.notary)

    again = shop.client.post(address(payment), form())

    assert again.status_code == 302
    refund = Refund.objects.get()
    assert refund.status == RefundStatus.COMPLETED
    payment.refresh_from_db()
    assert payment.refunded == 300


def test_the_last_yen_can_be_refunded_twice_by_nobody(shop: Shop, payment: Payment) -> None:
    shop.client.post(address(payment), form(amount=1_200))
    verify_refunds(shop.town.region.notary)

    answer = shop.client.post(address(payment), form(amount=1_200))
    other_page = shop.client.post(address(payment), form(amount=1, key="another-page"))

    assert answer.status_code == 302
    assert other_page.status_code == 200
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 1_201}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": "many"}, "amount"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_what_is_not_possible_is_said_at_the_field(
    changes: dict[str, Any], field: str, shop: Shop, payment: Payment
) -> None:
    answer = shop.client.post(address(payment), form(**changes))

    assert field in answer.context["form"].errors
    assert not Refund.objects.exists()


def test_what_is_not_completed_cannot_be_refunded(shop: Shop) -> None:
    payment = pending(shop.town, 500)

    answer = shop.client.post(address(payment), form())

    assert answer.status_code == 200
    assert not Refund.objects.exists()


def test_a_neighbour_cannot_refund_our_payment(shop: Shop, payment: Payment, neighbour: Client) -> None:
    assert neighbour.get(address(payment)).status_code == 404
    assert neighbour.post(address(payment), form()).status_code == 404
    assert not Refund.objects.exists()


def test_the_secretariat_may_refund_as_well_and_it_is_logged(shop: Shop, payment: Payment) -> None:
    secretary = shop.town.secretary()

    answer = signed_in(secretary).post(address(payment, "staff"), form())

    assert answer.status_code == 302
    assert Refund.objects.get().requested_by == secretary
    assert "打ち間違い" in LogEntry.objects.get(user=secretary).change_message
    verify_refunds(shop.town.region.notary)


def test_a_resident_cannot_refund_their_own_payment(shop: Shop, payment: Payment) -> None:
    client = signed_in(shop.town.user)

    for site in ("portal", "staff"):
        assert client.post(address(payment, site), form()).status_code == 403
    assert not Refund.objects.exists()


def test_a_page_that_lacks_the_token_of_its_form_moves_nothing(shop: Shop, payment: Payment) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = shop.client.cookies

    assert strict.post(address(payment), form()).status_code == 403
    assert not Refund.objects.exists()


def test_what_is_refunded_shows_as_refunded(shop: Shop, payment: Payment) -> None:
    refunded(payment, 1_200, by=shop.person)

    page = shop.client.get(reverse("portal:payments_payment_change", args=[payment.pk])).content.decode()

    assert address(payment) not in page
