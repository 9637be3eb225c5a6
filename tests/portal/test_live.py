"""The live list: a payment is in it as soon as it is made, and in nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payments.models import Payment
from payments.proof import word_of_the_minute
from payments.verification import verify_due
from tests.factories import TillFactory
from tests.portal.conftest import Shop
from tests.staff.sign_in import paid, pending, refunded


def picture(client: Client, **query: Any) -> dict[str, Any]:
    return client.get("/portal/live/", query).json()  # type: ignore[no-any-return]


def test_a_payment_is_in_the_list_at_once_and_changes_its_word_when_it_is_decided(shop: Shop) -> None:
    before = picture(shop.client)
    assert before["payments"] == []

    payment = pending(shop.town, 1_200)
    checking = picture(shop.client, after=before["mark"])
    verify_due(shop.town.region.notary)
    done = picture(shop.client, after=checking["mark"])

    assert [line["number"] for line in checking["payments"]] == [payment.number]
    assert (checking["payments"][0]["tone"], done["payments"][0]["tone"]) == ("warning", "success")
    assert (checking["count"], done["count"]) == (0, 1)


def test_a_line_says_how_much_when_at_which_till_and_what_became_of_it(shop: Shop, payment: Payment) -> None:
    (line,) = picture(shop.client)["payments"]

    assert "1,200" in line["amount"]
    assert line["time"] == f"{payment.authorised_at.astimezone(shop.town.region.tz):%H:%M:%S}"
    assert line["till"] == str(shop.town.till)
    assert line["status"]
    assert line["url"].endswith(f"{payment.pk}/change/")


def test_the_same_picture_is_not_sent_twice(shop: Shop, payment: Payment) -> None:
    mark = picture(shop.client)["mark"]

    again = picture(shop.client, after=mark)

    assert (again["mark"], "payments" in again) == (mark, False)
    assert picture(shop.client, after="a mark of yesterday")["payments"]


def test_todays_sum_is_without_refunds_and_without_yesterday(shop: Shop, payment: Payment) -> None:
    refunded(payment, 200, by=shop.person)
    earlier = paid(shop.town, 500)
    Payment.objects.filter(pk=earlier.pk).update(authorised_at=timezone.now() - timedelta(days=1))

    shown = picture(shop.client)

    assert (shown["count"], "1,000" in shown["net"], "200" in shown["refunded"]) == (1, True, True)
    assert len(shown["payments"]) == 1


def test_asking_costs_few_queries(shop: Shop, payment: Payment, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        TillFactory(store=shop.town.store)

    with django_assert_max_num_queries(7):
        picture(shop.client)


def test_one_till_can_be_watched_alone(shop: Shop, payment: Payment) -> None:
    other = TillFactory(store=shop.town.store)

    assert picture(shop.client, till=other.pk)["payments"] == []
    assert len(picture(shop.client, till=shop.town.till.pk)["payments"]) == 1


def test_each_till_has_its_word_of_the_minute(shop: Shop) -> None:
    before, shown, after = timezone.now(), picture(shop.client)["words"], timezone.now()

    (line,) = shown
    assert line["till"] == str(shop.town.till)
    assert line["word"] in {word_of_the_minute(shop.town.till, at) for at in (before, after)}


def test_a_neighbour_sees_neither_payments_nor_words_of_ours(shop: Shop, payment: Payment, neighbour: Client) -> None:
    for query in ({}, {"till": shop.town.till.pk}):
        shown = picture(neighbour, **query)

        assert shown["payments"] == []
        assert str(shop.town.till) not in {line["till"] for line in shown["words"]}
        assert shown["count"] == 0


def test_it_says_nothing_of_the_customer(shop: Shop, payment: Payment) -> None:
    text = shop.client.get("/portal/live/").content.decode()

    assert shop.town.resident.name not in text
    assert shop.town.resident.resident_no not in text
    assert str(shop.town.wallet.pk) not in text


@pytest.mark.django_db(transaction=True)
def test_who_is_not_signed_in_is_sent_to_the_sign_in(client: Client) -> None:
    answer = client.get("/portal/live/")

    assert (answer.status_code, "login" in answer["Location"]) == (302, True)
