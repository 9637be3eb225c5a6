"""What businesses are told: on the portal's first page, and by e-mail, one envelope each."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

import config.urls  # noqa: F401 brings the admin pages of all rooms along
from merchants.models import MemberRole, Merchant, MerchantMember, Notice
from merchants.notices import current_notices, mail_notices, tell_merchant
from tests.factories import StoreFactory, Town, UserFactory
from tests.staff.sign_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def shown_to(merchant: Merchant, now: datetime | None = None) -> set[str]:
    return {notice.title for notice in current_notices([merchant], private_to=[merchant], now=now)}


@pytest.fixture
def town() -> Town:
    town = Town()
    town.store.merchant.contact_email = "shop@example.jp"
    town.store.merchant.save()
    return town


def test_the_platform_says_a_thing_once_and_mails_contact_and_owners(town: Town) -> None:
    owner, clerk, books = town.shop_person(), UserFactory(), UserFactory()
    merchant = town.store.merchant
    MerchantMember.objects.create(merchant=merchant, user=clerk, role=MemberRole.CLERK)
    MerchantMember.objects.create(merchant=merchant, user=books, role=MemberRole.BOOKKEEPER)

    assert tell_merchant(merchant, key="paid-1", title="入金", body="入金しました。")
    assert not tell_merchant(merchant, key="paid-1", title="入金", body="入金しました。")
    assert (mail_notices(), mail_notices()) == (1, 0)

    assert sorted(letter.to for letter in mail.outbox) == sorted([["shop@example.jp"], [owner.email]])
    assert "入金しました。" in signed_in(books).get("/portal/").content.decode()
    assert "入金しました。" not in signed_in(clerk).get("/portal/").content.decode()


def test_a_neighbour_reads_what_is_for_all_and_not_what_is_for_one(town: Town) -> None:
    other = StoreFactory(region=town.region).merchant
    elsewhere = Town().store.merchant
    tell_merchant(town.store.merchant, key="1", title="一社に", body="-")
    Notice.objects.create(region=town.region, title="全員に", body="-")

    assert shown_to(town.store.merchant) == {"一社に", "全員に"}
    assert shown_to(other) == {"全員に"}
    assert shown_to(elsewhere) == set()


def test_a_notice_is_shown_in_its_time_only(town: Town) -> None:
    now = timezone.now()
    Notice.objects.create(
        region=town.region, title="t", body="b", published_at=now + timedelta(days=1), until_at=now + timedelta(days=2)
    )
    shown = [bool(shown_to(town.store.merchant, now + timedelta(hours=h))) for h in (0, 25, 49)]

    assert shown == [False, True, False]


def test_the_office_writes_one_and_it_cannot_be_changed(town: Town) -> None:
    client = signed_in(town.secretary())
    at = timezone.localtime()
    form = {
        "title": "年末の精算",
        "body": "12月28日です。",
        "published_at_0": f"{at:%Y-%m-%d}",
        "published_at_1": "00:00:00",
    }

    answer = client.post(reverse("staff:merchants_notice_add"), {**form, "until_at_0": "", "until_at_1": ""})

    assert answer.status_code == 302, answer.context["errors"]
    notice = Notice.objects.get()
    assert (notice.region, notice.merchant, notice.created_by is not None) == (town.region, None, True)
    changed = client.post(reverse("staff:merchants_notice_change", args=[notice.pk]), {**form, "title": "別"})
    assert changed.status_code == 403
