"""The shop's pages at a till: the big screen, a customer's code, the table of words, keys for till systems."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from merchants.models import MemberRole, MerchantMember, TillKey
from merchants.till_keys import find_key
from payments.models import PayCode, Payment
from payments.proof import word_of_the_minute
from payments.word_table import word_table_pdf, words_of_hour
from tests.factories import TillFactory
from tests.papers import text_of
from tests.payments.test_pay_codes import issue
from tests.portal.conftest import Shop


@pytest.fixture(autouse=True)
def impatient(settings: object) -> None:
    settings.PAYMENT_BUDGET = 0  # type: ignore[attr-defined]


def page(name: str, *args: object) -> str:
    return reverse(f"portal:{name}", args=args)


def as_clerk(shop: Shop) -> Client:
    MerchantMember.objects.filter(user=shop.person).update(role=MemberRole.CLERK)
    return shop.client


def test_the_big_screen_is_of_one_till_and_a_clerk_may_use_it(shop: Shop, neighbour: Client) -> None:
    client, till = as_clerk(shop), shop.town.till
    alone = client.get(page("screen")).content.decode()
    assert f"till={till.pk}" in alone
    assert "data-screen-amount" in alone

    other = TillFactory(store=shop.town.store)
    choice = client.get(page("screen")).content.decode()
    assert f"?till={other.pk}" in choice
    assert "data-screen-amount" not in choice
    assert str(till.pk) not in neighbour.get(page("screen"), {"till": till.pk}).content.decode()


def test_a_customers_code_is_taken_at_the_page_and_pressed_twice_pays_once(shop: Shop) -> None:
    body = {"till": shop.town.till.pk, "amount": "１，２００", "code": issue(shop.town)[1]}

    first, second = (as_clerk(shop).post(page("take"), body) for _ in range(2))

    code = PayCode.objects.get()
    assert first["Location"] == second["Location"] == page("taken", code.pk)
    assert Payment.objects.get().amount == 1_200
    assert shop.client.get(page("taken", code.pk), headers={"Accept": "application/json"}).json() == {
        "state": "pending"
    }
    assert "data-waiting" in shop.client.get(page("taken", code.pk)).content.decode()


def test_a_code_that_cannot_be_taken_is_told_in_one_sentence_and_nothing_is_paid(shop: Shop) -> None:
    told = []
    for code, amount in (("0000000000", "100"), ("1234567890", "100"), (issue(shop.town)[1], "45000")):
        answer = shop.client.post(page("take"), {"till": shop.town.till.pk, "amount": amount, "code": code})
        found = re.search(r'role="alert">([^<]+)<', answer.content.decode())
        told.append((answer.status_code, bool(found)))

    # The third is above the limit at which the customer is asked, so nothing is refused yet.
    assert told[:2] == [(422, True), (422, True)]
    assert told[2][0] == 302
    assert not Payment.objects.exists()


def test_a_neighbour_neither_takes_at_our_till_nor_sees_what_we_took(shop: Shop, neighbour: Client) -> None:
    digits = issue(shop.town)[1]
    body = {"till": shop.town.till.pk, "amount": "100", "code": digits}
    assert neighbour.post(page("take"), body).status_code == 422
    assert not Payment.objects.exists()

    shop.client.post(page("take"), body)

    assert neighbour.get(page("taken", PayCode.objects.get().pk)).status_code == 404


def test_the_table_has_the_very_words_of_the_screens(shop: Shop) -> None:
    till = shop.town.till
    now = timezone.now()
    at = now.astimezone(till.region.tz)

    words = words_of_hour(till, at.date(), at.hour, till.region.tz)

    assert words[at.minute] == word_of_the_minute(till, now)
    pdf = word_table_pdf(till, day=at.date(), first_hour=at.hour, last_hour=at.hour + 1)
    printed = text_of(pdf, 0)
    assert all(word in printed for word in words)
    assert f"{at.year}年{at.month}月{at.day}日" in printed
    assert words != words_of_hour(TillFactory(store=till.store), at.date(), at.hour, till.region.tz)


def test_a_table_is_printed_for_the_days_to_come_and_for_ones_own_tills(shop: Shop, neighbour: Client) -> None:
    today = timezone.localdate()
    query = {"print": "1", "till": shop.town.till.pk, "day": today.isoformat(), "first": "8", "last": "20"}

    printed = as_clerk(shop).get(page("words"), query)

    assert (printed.status_code, printed["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in printed["Cache-Control"]
    for day in (today - timedelta(days=1), today + timedelta(days=9)):
        assert shop.client.get(page("words"), {**query, "day": day.isoformat()}).status_code == 422
    assert shop.client.get(page("words"), {**query, "first": "20", "last": "8"}).status_code == 422
    assert neighbour.get(page("words"), query).status_code == 422


def test_an_owner_makes_a_key_that_is_shown_once_and_revokes_it(shop: Shop, neighbour: Client) -> None:
    merchant = shop.town.store.merchant
    made = shop.client.post(page("till-keys"), {"merchant": merchant.pk, "name": "レジA"}).content.decode()
    (secret,) = re.findall(r"hk_[\w-]{43}", made)
    key = find_key(secret)
    assert (key.merchant, key.made_by) == (merchant, shop.person)
    assert secret not in shop.client.get(page("till-keys")).content.decode()

    assert neighbour.post(page("till-key-revoke", key.pk)).status_code == 404
    assert neighbour.post(page("till-keys"), {"merchant": merchant.pk, "name": "x"}).status_code == 404
    shop.client.post(page("till-key-revoke", key.pk))

    assert TillKey.objects.get().revoked_at is not None


@pytest.mark.parametrize("role", [MemberRole.CLERK, MemberRole.BOOKKEEPER])
def test_only_owners_make_keys(shop: Shop, role: MemberRole) -> None:
    MerchantMember.objects.filter(user=shop.person).update(role=role)

    assert shop.client.get(page("till-keys")).status_code == 403
    refused = shop.client.post(page("till-keys"), {"merchant": shop.town.store.merchant.pk, "name": "x"})
    assert refused.status_code == 403
    assert not TillKey.objects.exists()
    assert page("till-keys") not in shop.client.get(page("index")).content.decode()
