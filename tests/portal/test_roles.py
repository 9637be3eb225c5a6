"""Owner, clerk and bookkeeper of one shop: each sees and does what belongs to the role, at both front doors."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from merchants.models import MemberRole, MerchantMember
from payments.models import Payment, Refund
from payments.reach import may_refund, payments_within_reach
from regions.models import Membership, Role, User
from tests.factories import Town, UserFactory
from tests.portal.conftest import Shop
from tests.staff.sign_in import paid, signed_in


def works_as(town: Town, role: MemberRole) -> User:
    user = UserFactory()
    MerchantMember.objects.create(merchant=town.store.merchant, user=user, role=role)
    Membership.objects.create(user=user, region=town.region, role=Role.SHOP)
    return user


@pytest.fixture
def yesterdays(shop: Shop) -> Payment:
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=True):
        return paid(shop.town, 700)


def listed(client: Client) -> set[object]:
    answer = client.get(reverse("portal:payments_payment_changelist"))
    return {row.pk for row in answer.context["cl"].queryset}


def refund_page(client: Client, payment: Payment) -> int:
    return client.get(reverse("portal:payments_payment_refund", args=[payment.pk])).status_code


def test_a_clerk_sees_and_cancels_todays_payments_only(shop: Shop, payment: Payment, yesterdays: Payment) -> None:
    clerk = signed_in(works_as(shop.town, MemberRole.CLERK))

    assert listed(clerk) == {payment.pk}
    assert refund_page(clerk, payment) == 200
    assert refund_page(clerk, yesterdays) == 404
    assert clerk.get(reverse("portal:payments_payment_change", args=[yesterdays.pk])).status_code == 404
    exported = b"".join(clerk.get(reverse("portal:payments_payment_export")).streaming_content).decode()
    assert payment.number in exported
    assert yesterdays.number not in exported


def test_a_bookkeeper_sees_every_day_and_gives_nothing_back(shop: Shop, payment: Payment, yesterdays: Payment) -> None:
    books = signed_in(works_as(shop.town, MemberRole.BOOKKEEPER))

    assert listed(books) == {payment.pk, yesterdays.pk}
    assert refund_page(books, payment) == 404
    page = books.get(reverse("portal:payments_payment_change", args=[payment.pk])).content.decode()
    assert "refund/" not in page
    books.post(
        reverse("portal:payments_payment_refund", args=[payment.pk]),
        {"amount": 100, "reason": "x", "key": "k", "confirmed": "1"},
    )
    assert not Refund.objects.exists()


def test_an_owner_does_both(shop: Shop, payment: Payment, yesterdays: Payment) -> None:
    works_as(shop.town, MemberRole.CLERK)  # a colleague's role must not rub off

    assert listed(shop.client) == {payment.pk, yesterdays.pk}
    assert refund_page(shop.client, yesterdays) == 200


@pytest.mark.parametrize(
    ("role", "seen", "gives_back"),
    [(MemberRole.OWNER, 2, True), (MemberRole.CLERK, 1, True), (MemberRole.BOOKKEEPER, 2, False)],
)
def test_the_rule_is_one_for_the_portal_and_the_api(
    role: MemberRole, seen: int, gives_back: bool, shop: Shop, payment: Payment, yesterdays: Payment
) -> None:
    person = works_as(shop.town, role)

    with timezone.override(shop.town.region.tz):
        assert payments_within_reach(person, region=shop.town.region).count() == seen
    assert may_refund(person, payment) is gives_back
    assert not payments_within_reach(person, region=Town().region).exists()
