"""Statements at the portal: for owners and bookkeepers, their own only, with the next pay-out on the first page."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from merchants.models import MemberRole, MerchantMember, Notice
from payments.models import Payment, Statement
from tests.portal.conftest import Shop
from tests.settlement.town import close_next, moved_to, rule_for

LISTING = "/portal/payments/statement/"


@pytest.fixture
def statement(shop: Shop, payment: Payment) -> Statement:
    moved_to(payment, date(2026, 4, 3))
    close_next(rule_for(shop.town.region))
    found: Statement = Statement.objects.get()
    return found


def as_role(shop: Shop, role: MemberRole) -> None:
    MerchantMember.objects.filter(user=shop.person).update(role=role)


def document(statement: Statement) -> str:
    return reverse("portal:payments_statement_document", args=[statement.pk, "pdf"])


def test_a_bookkeeper_finds_every_statement_and_its_documents(shop: Shop, statement: Statement) -> None:
    as_role(shop, MemberRole.BOOKKEEPER)

    assert statement.number in shop.client.get(LISTING).content.decode()
    page = shop.client.get(reverse("portal:payments_statement_change", args=[statement.pk]))
    assert document(statement) in page.content.decode()
    assert shop.client.get(document(statement)).content.startswith(b"%PDF")


def test_a_clerk_sees_no_money_of_the_business(shop: Shop, statement: Statement) -> None:
    as_role(shop, MemberRole.CLERK)
    # A clerk does see what was paid today.
    Payment.objects.update(authorised_at=timezone.now() - timedelta(days=3))

    for address in (LISTING, document(statement)):
        assert shop.client.get(address).status_code in (403, 404)
    assert "1,200" not in shop.client.get("/portal/").content.decode()


def test_a_neighbour_finds_nothing(statement: Statement, neighbour: Client) -> None:
    assert statement.number not in neighbour.get(LISTING).content.decode()
    assert neighbour.get(document(statement)).status_code == 404


def test_the_first_page_says_when_how_much_is_paid_and_that_the_statement_is_there(
    shop: Shop, statement: Statement
) -> None:
    text = shop.client.get("/portal/").content.decode()

    assert "2026/04/30" in text
    assert "1,200" in text
    assert Notice.objects.filter(merchant=shop.town.store.merchant, key__startswith="closing ").count() == 1


def test_what_is_not_closed_yet_is_shown_beside_it(shop: Shop, payment: Payment) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    rule_for(
        shop.town.region, begins_on=timezone.localdate(), terms=[{"closing_day": tomorrow.day, "pay_days_later": 5}]
    )

    text = shop.client.get("/portal/").content.decode()

    assert "1,200" in text
    assert f"{tomorrow:%Y/%m/%d}" in text
