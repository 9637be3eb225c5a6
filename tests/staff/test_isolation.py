"""Nobody at the secretariat's site sees, finds, chooses or changes what belongs to another region."""

from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from merchants.models import Merchant, MerchantMember, Store, Till
from payments.models import Payment, Refund, StoreEntry
from regions.admin_base import OPERATORS, ScopedRelatedFilter
from regions.models import Region, Resident, Role
from regions.staff_site import staff_site
from tests.factories import StoreFactory, TicketTypeFactory
from tests.isolation.tables import management_forms
from tests.staff.conftest import Office
from tests.staff.sign_in import signed_in
from vouchers.models import LedgerEntry, Programme, TicketType, Voucher, Wallet

SCOPED = [model for model, page in staff_site._registry.items() if page.scope_path is not None]


def page(model: type[Model], name: str, *args: Any) -> str:
    return reverse(f"staff:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def a_row(model: type[Model], office: Office) -> Model:
    """The row of the office's region; the fixtures make one of each."""
    path = staff_site.get_model_admin(model).scope_path
    return model._default_manager.filter(**{path: office.town.region.pk}).first()


def listed(client: Client, model: type[Model], query: str = "") -> set[Any]:
    answer = client.get(page(model, "changelist") + query)
    return {row.pk for row in answer.context["cl"].queryset}


def test_every_model_without_a_region_is_for_operators_alone() -> None:
    for model, pages in staff_site._registry.items():
        if pages.scope_path is None:
            may = pages.view_by | pages.add_by | pages.change_by | pages.delete_by
            assert may == OPERATORS, model


def test_the_walk_below_covers_what_a_secretariat_works_with() -> None:
    assert set(COVERED) <= set(SCOPED)


NOWHERE = "0198c0de-0000-7000-8000-000000000000"
COVERED = [
    Region, Resident, Programme, TicketType, Wallet, Voucher, LedgerEntry,
    Merchant, Store, Till, MerchantMember, Payment, Refund, StoreEntry,
]  # fmt: skip


def test_a_list_holds_our_rows_and_none_of_theirs(ours: Office, theirs: Office) -> None:
    for model in COVERED:
        rows = listed(ours.client, model)

        assert a_row(model, ours).pk in rows, model
        assert a_row(model, theirs).pk not in rows, model


@pytest.mark.parametrize("name", ["change", "history"])
def test_their_row_is_answered_like_one_that_is_not_there(name: str, ours: Office, theirs: Office) -> None:
    for model in COVERED:
        there = ours.client.get(page(model, name, a_row(model, theirs).pk))
        not_there = ours.client.get(page(model, name, NOWHERE))

        assert ours.client.get(page(model, name, a_row(model, ours).pk)).status_code == 200, model
        assert (there.status_code, not_there.status_code) == (404, 404), model
        assert there.content.split(b"csrf")[0] == not_there.content.split(b"csrf")[0], model


def test_nobody_can_change_their_row(ours: Office, theirs: Office) -> None:
    for model in COVERED:
        row = a_row(model, theirs)

        answer = ours.client.post(page(model, "change", row.pk), {"name": "ours now"})

        assert answer.status_code in (403, 404), model
        assert str(model._default_manager.get(pk=row.pk)) == str(row), model


def test_searching_does_not_find_them(ours: Office, theirs: Office) -> None:
    stranger = theirs.town.resident

    for term in (stranger.resident_no, stranger.name):
        assert stranger.pk not in listed(ours.client, Resident, f"?q={term}")
    assert theirs.payment.pk not in listed(ours.client, Payment, f"?q={theirs.payment.number}")
    assert listed(theirs.client, Payment, f"?q={theirs.payment.number}") == {theirs.payment.pk}


def test_a_filter_offers_our_rows_only_and_a_row_of_theirs_shows_nothing(ours: Office, theirs: Office) -> None:
    another = TicketTypeFactory(programme=ours.town.programme)

    changelist = ours.client.get(page(Voucher, "changelist")).context["cl"]

    offered = next(spec for spec in changelist.filter_specs if getattr(spec, "field_path", "") == "ticket_type")
    assert isinstance(offered, ScopedRelatedFilter)
    assert {key for key, _words in offered.lookup_choices} == {ours.town.common.pk, another.pk}
    assert listed(ours.client, Voucher, f"?ticket_type__id__exact={theirs.town.common.pk}") == set()
    assert theirs.payment.pk not in listed(ours.client, Payment, f"?region={theirs.town.region.pk}")


def completion(client: Client, model: type[Model], field: str) -> Any:
    query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field, "term": ""}
    return client.get("/staff/autocomplete/", query)


def test_completion_suggests_our_rows_only(ours: Office, theirs: Office) -> None:
    for model, field in ((Store, "merchant"), (Till, "store"), (MerchantMember, "merchant")):
        suggested = {result["id"] for result in completion(ours.client, model, field).json()["results"]}

        assert str(getattr(a_row(model, ours), f"{field}_id")) in suggested, model
        assert str(getattr(a_row(model, theirs), f"{field}_id")) not in suggested, model


def test_completion_tells_a_secretariat_nothing_of_what_only_operators_see(ours: Office) -> None:
    for model, field in ((Resident, "user"), (Region, "notary")):
        assert completion(ours.client, model, field).status_code in (403, 404), model


def store_form(town: Any, **changes: Any) -> dict[str, Any]:
    return {
        "merchant": town.store.merchant_id,
        "store_no": "S9999",
        "name": "新しい店",
        "size_class": "small",
        "is_active": "on",
        "ticket_types": [town.common.pk],
        "tills-TOTAL_FORMS": 0,
        "tills-INITIAL_FORMS": 0,
        **changes,
    }


def test_a_new_store_belongs_to_the_region_of_its_merchant(ours: Office) -> None:
    form = store_form(ours.town) | {"tills-TOTAL_FORMS": 1, "tills-0-name": "レジA", "tills-0-is_active": "on"}

    answer = ours.client.post(page(Store, "add"), form)

    assert answer.status_code == 302
    store = Store.objects.get(store_no="S9999")
    assert (store.region, store.tills.get().region) == (ours.town.region, ours.town.region)


@pytest.mark.parametrize("field", ["merchant", "ticket_types"])
def test_a_form_refuses_what_is_theirs(field: str, ours: Office, theirs: Office) -> None:
    foreign = theirs.town.store.merchant_id if field == "merchant" else [theirs.town.common.pk]

    answer = ours.client.post(page(Store, "add"), store_form(ours.town, **{field: foreign}))

    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    assert not Store.objects.filter(store_no="S9999").exists()


def test_not_even_an_operator_can_mix_two_regions(operator: Client, ours: Office, theirs: Office) -> None:
    mixed = store_form(ours.town, ticket_types=[theirs.town.common.pk])

    answer = operator.post(page(Store, "add"), mixed)

    assert "ticket_types" in answer.context["adminform"].form.errors
    assert not Store.objects.filter(store_no="S9999").exists()


def test_a_store_cannot_move_to_a_merchant_of_another_region(operator: Client, ours: Office, theirs: Office) -> None:
    store = StoreFactory(region=ours.town.region)
    form = store_form(ours.town, merchant=theirs.town.store.merchant_id, store_no=store.store_no, ticket_types=[])

    answer = operator.post(page(Store, "change", store.pk), form)

    store.refresh_from_db()
    assert answer.status_code == 200
    assert store.region == ours.town.region
    assert store.merchant.region == ours.town.region


def test_a_region_in_the_request_changes_nothing_where_it_is_preset(ours: Office, theirs: Office) -> None:
    form = {"region": theirs.town.region.pk, "resident_no": "R-new", "name": "新しい人"}

    assert ours.client.post(page(Resident, "add"), form).status_code == 302

    assert Resident.objects.get(resident_no="R-new").region == ours.town.region


def test_a_number_that_is_taken_in_the_region_is_refused_in_words(ours: Office) -> None:
    form = {"resident_no": ours.town.resident.resident_no, "name": "同じ番号の人"}

    answer = ours.client.post(page(Resident, "add"), form)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.non_field_errors()


def test_a_ticket_type_is_made_in_the_region_of_its_programme(ours: Office, theirs: Office) -> None:
    form = {"name": "専用券", "slug": "local", "kind": "local", "restriction": 1, **management_forms(TicketType)}

    assert ours.client.post(page(TicketType, "add"), form | {"programme": theirs.town.programme.pk}).status_code == 200
    assert ours.client.post(page(TicketType, "add"), form | {"programme": ours.town.programme.pk}).status_code == 302

    assert TicketType.objects.get(slug="local").region == ours.town.region


def test_the_file_holds_our_payments_and_none_of_theirs(ours: Office, theirs: Office) -> None:
    text = b"".join(ours.client.get("/staff/payments/payment/export/").streaming_content).decode()

    assert ours.payment.number in text
    assert theirs.payment.number not in text


def test_their_payment_cannot_be_refunded_by_us(ours: Office, theirs: Office) -> None:
    address = reverse("staff:payments_payment_refund", args=[theirs.payment.pk])

    answer = ours.client.post(address, {"amount": 100, "reason": "x", "key": "k", "confirmed": "1"})

    assert answer.status_code == 404
    theirs.payment.refresh_from_db()
    assert theirs.payment.refunded == 200


def test_a_secretary_of_two_regions_sees_both_and_is_asked_for_the_region(ours: Office, theirs: Office) -> None:
    secretary = ours.town.secretary()
    secretary.memberships.create(region=theirs.town.region, role=Role.SECRETARIAT)
    client = signed_in(secretary)

    assert {ours.payment.pk, theirs.payment.pk} == listed(client, Payment)
    assert listed(client, Payment, f"?region={theirs.town.region.pk}") == {theirs.payment.pk}
    assert "region" in client.get(page(Programme, "add")).context["adminform"].form.fields
