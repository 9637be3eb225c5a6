"""What each role may do at the secretariat's site: money is looked at, never edited."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from merchants.models import MemberRole, MerchantMember, Till
from payments.models import Payment, Refund, StoreEntry
from regions.models import Membership, NotaryCluster, OutagePolicy, Region, Resident, Role, User
from tests.factories import NotaryClusterFactory, UserFactory
from tests.staff.conftest import Office
from vouchers.models import LedgerEntry, Voucher, Wallet

MONEY = [Wallet, Voucher, LedgerEntry, Payment, Refund, StoreEntry]


def page(model: type[Model], name: str, *args: Any) -> str:
    return reverse(f"staff:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.mark.parametrize("who", ["secretary", "operator"])
def test_money_is_never_added_changed_or_deleted(who: str, ours: Office, operator: Client) -> None:
    client = ours.client if who == "secretary" else operator

    for model in MONEY:
        row = model._default_manager.filter(region=ours.town.region).first()
        assert client.get(page(model, "change", row.pk)).status_code == 200, model
        for address in (page(model, "add"), page(model, "change", row.pk), page(model, "delete", row.pk)):
            assert client.post(address, {"amount": 1, "post": "yes"}).status_code == 403, address
        assert model._default_manager.filter(pk=row.pk).exists(), model


def test_people_notaries_and_the_log_are_for_operators(ours: Office, operator: Client) -> None:
    for model in (User, NotaryCluster, LogEntry):
        assert ours.client.get(page(model, "changelist")).status_code == 403, model
        assert operator.get(page(model, "changelist")).status_code == 200, model


def test_the_menu_shows_what_may_be_opened(ours: Office, operator: Client) -> None:
    people = reverse("staff:regions_user_changelist")

    assert people not in ours.client.get("/staff/").content.decode()
    assert people in operator.get("/staff/").content.decode()


def test_who_changed_what_is_kept_and_cannot_be_changed(ours: Office, operator: Client) -> None:
    resident = ours.town.resident

    ours.client.post(page(Resident, "change", resident.pk), {"resident_no": resident.resident_no, "name": "改名後"})

    entry = LogEntry.objects.get(object_id=str(resident.pk))
    assert entry.object_repr.startswith("改名後")
    assert "改名後" in operator.get(page(LogEntry, "changelist")).content.decode()
    assert operator.post(page(LogEntry, "delete", entry.pk), {"post": "yes"}).status_code == 403


def test_a_secretariat_sets_its_contact_and_policy_and_nothing_else_of_its_region(ours: Office) -> None:
    region = ours.town.region
    form = {
        "contact_name": "新しい事務局",
        "contact_phone": "0299-00-0000",
        "outage_policy": OutagePolicy.ACCEPT,
        "guarantee_per_payment": 5_000,
        "guarantee_per_wallet": 10_000,
        "guarantee_in_all": 500_000,
        "colour": "#1d3f8f",
        "code_confirm_above": 3_000,
        "slug": "moved",
        "payment_limit": 1,
        "notary": NotaryClusterFactory(slug="another").pk,
    }

    answer = ours.client.post(page(Region, "change", region.pk), form)

    after = Region.objects.get(pk=region.pk)
    assert answer.status_code == 302
    assert (after.contact_name, after.outage_policy) == ("新しい事務局", OutagePolicy.ACCEPT)
    assert (after.colour, after.code_confirm_above) == ("#1d3f8f", 3_000)
    assert (after.guarantee_per_payment, after.guarantee_per_wallet, after.guarantee_in_all) == (5_000, 10_000, 500_000)
    assert (after.slug, after.payment_limit, after.notary) == (region.slug, region.payment_limit, region.notary)


def test_regions_are_made_by_operators(ours: Office, operator: Client) -> None:
    assert ours.client.get(page(Region, "add")).status_code == 403
    assert operator.get(page(Region, "add")).status_code == 200


def test_a_person_who_has_signed_up_is_let_into_a_shop_by_address(ours: Office) -> None:
    user = UserFactory(email="clerk@example.jp")
    merchant = ours.town.store.merchant

    form = {"merchant": merchant.pk, "email": "Clerk@example.jp", "role": MemberRole.CLERK}
    answer = ours.client.post(page(MerchantMember, "add"), form)

    assert answer.status_code == 302
    assert MerchantMember.objects.filter(merchant=merchant, user=user, role=MemberRole.CLERK).exists()
    assert Membership.objects.filter(user=user, region=ours.town.region, role=Role.SHOP).exists()


def test_an_unknown_address_lets_nobody_in(ours: Office) -> None:
    before = MerchantMember.objects.count()

    for email in ("nobody@example.jp", "not an address", ours.shop.email):
        form = {"merchant": ours.town.store.merchant_id, "email": email}
        answer = ours.client.post(page(MerchantMember, "add"), form)
        assert "email" in answer.context["adminform"].form.errors, email

    assert MerchantMember.objects.count() == before


def test_nobody_is_let_into_a_shop_of_another_region(ours: Office, theirs: Office) -> None:
    user = UserFactory()

    answer = ours.client.post(
        page(MerchantMember, "add"), {"merchant": theirs.town.store.merchant_id, "email": user.email}
    )

    assert "merchant" in answer.context["adminform"].form.errors
    assert not user.merchant_memberships.exists()


def test_the_portal_closes_for_who_no_longer_works_there(ours: Office) -> None:
    member = MerchantMember.objects.get(user=ours.shop)
    # Somebody else has to be left who may decide for the business.
    ours.town.shop_person()

    answer = ours.client.post(page(MerchantMember, "delete", member.pk), {"post": "yes"})

    assert answer.status_code == 302
    assert not ours.shop.merchant_memberships.exists()
    assert not Membership.objects.filter(user=ours.shop, role=Role.SHOP).exists()


def test_a_tills_code_is_given_and_not_chosen(ours: Office) -> None:
    form = {"store": ours.town.store.pk, "name": "レジ九", "code": "MINE", "is_active": "on"}

    assert ours.client.post(page(Till, "add"), form).status_code == 302

    assert Till.objects.get(name="レジ九").code != "MINE"
