"""Who comes into the portal, and what a shop may look at there."""

import pytest
from django.test import Client
from django.urls import reverse

from merchants.models import MerchantMember, Store, Till
from merchants.portal import portal_site
from payments.models import Payment
from tests.factories import Town, UserFactory
from tests.portal.conftest import Shop
from tests.staff.sign_in import refunded, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def page(name: str, *args: object) -> str:
    return reverse(f"portal:{name}", args=args)


def test_only_people_of_a_shop_come_in() -> None:
    town = Town()

    assert signed_in(town.shop_person()).get("/portal/").status_code == 200
    for person in (town.user, town.secretary(), UserFactory(is_operator=True)):
        assert signed_in(person).get("/portal/").status_code == 403
    assert Client().get("/portal/")["Location"] == f"{reverse('account_login')}?next=/portal/"


def test_a_shop_needs_no_second_factor(shop: Shop) -> None:
    client = Client()
    client.force_login(shop.person)

    assert client.get("/portal/").status_code == 200


def test_who_has_left_the_shop_is_out_at_once(shop: Shop) -> None:
    MerchantMember.objects.filter(user=shop.person).delete()

    assert shop.client.get("/portal/").status_code == 403
    assert shop.client.get("/portal/live/").status_code == 403


def test_the_first_page_shows_the_live_list(shop: Shop) -> None:
    text = shop.client.get("/portal/").content.decode()

    assert 'data-address="/portal/live/"' in text
    assert "admin_sites/live.js" in text


def test_a_payments_page_shows_its_parts_and_nothing_of_the_customer(shop: Shop, payment: Payment) -> None:
    refunded(payment, 200, by=shop.person, reason="釣り銭の誤り")

    text = shop.client.get(page("payments_payment_change", payment.pk)).content.decode()

    for shown in (payment.number, shop.town.common.name, "釣り銭の誤り", *map(str, payment.receipt or {})):
        assert shown in text
    for hidden in (shop.town.resident.name, shop.town.resident.resident_no, str(shop.town.wallet.pk)):
        assert hidden not in text


def test_nothing_at_the_portal_can_be_added_changed_or_deleted(shop: Shop, payment: Payment) -> None:
    rows = {Payment: payment, Store: shop.town.store, Till: shop.town.till}
    assert set(portal_site._registry) >= set(rows)

    for model, row in rows.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        for address in (page(f"{name}_add"), page(f"{name}_change", row.pk), page(f"{name}_delete", row.pk)):
            assert shop.client.post(address, {"post": "yes", "name": "x"}).status_code == 403, address


def test_what_is_a_neighbours_is_answered_like_what_is_not_there(
    shop: Shop, payment: Payment, neighbour: Client
) -> None:
    nowhere = "0198c0de-0000-7000-8000-000000000000"
    rows = {"payments_payment": payment, "merchants_store": shop.town.store, "merchants_till": shop.town.till}

    for name, row in rows.items():
        for kind in ("change", "history"):
            assert shop.client.get(page(f"{name}_{kind}", row.pk)).status_code == 200, name
            assert neighbour.get(page(f"{name}_{kind}", row.pk)).status_code == 404, name
            assert neighbour.get(page(f"{name}_{kind}", nowhere)).status_code == 404, name
        assert row not in neighbour.get(page(f"{name}_changelist")).context["cl"].queryset


def test_a_store_shows_its_tills_and_the_way_to_their_stands(shop: Shop) -> None:
    text = shop.client.get(page("merchants_store_change", shop.town.store.pk)).content.decode()

    assert shop.town.till.code in text
    assert reverse("till-stand", args=[shop.town.region.slug, shop.town.till.code]) in text


def test_completion_is_of_no_use_to_a_shop(shop: Shop) -> None:
    for model, field in (("payment", "wallet"), ("payment", "till"), ("payment", "store")):
        query = {"app_label": "payments", "model_name": model, "field_name": field, "term": "a"}
        answer = shop.client.get("/portal/autocomplete/", query)
        assert answer.status_code in (403, 404)
