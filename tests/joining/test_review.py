"""The secretariat's decision: once, with reasons, and everything that follows from it in one piece."""

import threading
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from merchants.errors import ApplicationDecided, BusinessElsewhere, BusinessNameTaken, ReasonMissing
from merchants.joining.applications import withdraw_application
from merchants.joining.remarks import remarks
from merchants.joining.review import OtherSize, approve, ask_back, refuse
from merchants.models import (
    ApplicationStep,
    Invitation,
    JoinApplication,
    Merchant,
    SizeClass,
    SizeRule,
    Store,
    StoreDecision,
    Till,
)
from tests.factories import Town
from tests.joining.conftest import JoiningTown, letters, sent
from tests.staff.sign_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def application(town: JoiningTown, **changed: Any) -> JoinApplication:
    sent(town, **changed)
    found: JoinApplication = JoinApplication.objects.order_by("-submitted_at")[0]
    return found


def test_approval_makes_the_business_its_stores_tills_sizes_and_an_invitation(town: JoiningTown) -> None:
    asked = application(town, shops=2)

    merchant = approve(asked, by=town.secretary(), text="ようこそ")

    assert (merchant.name, merchant.invoice_number) == ("株式会社カシマ商店", "T7000012050002")
    small, large = merchant.stores.order_by("store_no")
    assert (small.size_class, large.size_class) == (SizeClass.SMALL, SizeClass.LARGE)
    assert set(small.ticket_types.all()) == {town.common, town.local}
    assert set(large.ticket_types.all()) == {town.common}
    assert [store.tills.count() for store in (small, large)] == [1, 2]
    assert small.category == "食料品・飲料"
    decision = StoreDecision.objects.get(store=large)
    assert (decision.by, decision.reason, decision.ticket_types) == (None, "floor_area", [town.common.slug])
    invitation = Invitation.objects.get(merchant=merchant)
    assert (invitation.email, invitation.role) == ("hanako@example.jp", "owner")
    approved = [letter for letter in letters() if "承認" in letter.subject]
    assert len(approved) == 1
    assert "ようこそ" in approved[0].body


def test_a_person_sets_another_size_with_a_reason(town: JoiningTown) -> None:
    asked = application(town, shops=2)
    shop = asked.stores.get(position=2)
    office = town.secretary()

    approve(asked, by=office, sizes={shop.pk: OtherSize(SizeClass.SMALL, "売場は900㎡と確認")})

    shop.refresh_from_db()
    decision = StoreDecision.objects.get(store=shop.store)
    assert (decision.size_class, decision.by, decision.reason) == ("small", office, "売場は900㎡と確認")
    assert town.local in shop.store.ticket_types.all()


def test_the_programmes_own_rule_decides(town: JoiningTown) -> None:
    SizeRule.objects.create(
        region=town.region, programme=town.programme, local_head_office="city", distant_is_large=True
    )

    merchant = approve(application(town, head_office="elsewhere"), by=town.secretary())

    store = merchant.stores.get()
    assert (store.size_class, StoreDecision.objects.get(store=store).reason) == ("large", "distant_head_office")


@pytest.mark.parametrize("first", ["approve", "refuse", "withdraw"])
def test_a_decision_is_once(town: JoiningTown, first: str) -> None:
    asked, office = application(town), town.secretary()
    {
        "approve": lambda: approve(asked, by=office),
        "refuse": lambda: refuse(asked, by=office, reason="対象外の業種"),
        "withdraw": lambda: withdraw_application(asked),
    }[first]()
    before = (Merchant.objects.count(), ApplicationStep.objects.count())

    with pytest.raises(ApplicationDecided):
        approve(asked, by=office)
    with pytest.raises(ApplicationDecided):
        refuse(asked, by=office, reason="対象外の業種")
    with pytest.raises(ApplicationDecided):
        ask_back(asked, by=office, text="もう一度")

    assert (Merchant.objects.count(), ApplicationStep.objects.count()) == before
    step = ApplicationStep.objects.latest("at")
    with pytest.raises(ProgrammingError), transaction.atomic():
        ApplicationStep.objects.filter(pk=step.pk).update(text="別の理由")


def test_two_people_who_decide_at_once_decide_once(town: JoiningTown) -> None:
    asked, people = application(town), [town.secretary() for _ in range(4)]
    start, outcomes = threading.Barrier(len(people)), []

    def decide(person: Any) -> None:
        start.wait()
        try:
            approve(JoinApplication.objects.get(pk=asked.pk), by=person)
            outcomes.append("approved")
        except (ApplicationDecided, BusinessNameTaken) as problem:
            outcomes.append(type(problem).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("approved") == 1
    assert Store.objects.filter(merchant__name=asked.name).count() == 1
    assert Till.objects.filter(store__merchant__name=asked.name).count() == 1


def test_a_refusal_and_a_question_need_words(town: JoiningTown) -> None:
    asked, office = application(town), town.secretary()

    for act in (lambda: refuse(asked, by=office, reason=" "), lambda: ask_back(asked, by=office, text="")):
        with pytest.raises(ReasonMissing):
            act()

    asked.refresh_from_db()
    assert asked.state == "submitted"


def test_the_same_business_is_recognised_and_its_shops_are_added_to_it(town: JoiningTown) -> None:
    office = town.secretary()
    first = approve(application(town), by=office)
    again = application(town, key="0192f0c1-0000-7000-8000-000000000002", name="（株）カシマ商店")

    found = remarks(again)
    assert first in [remark.merchant for remark in found]
    assert any("インボイス" in remark.words for remark in found)
    approve(again, by=office, merchant=first)

    assert first.stores.count() == 2
    assert Merchant.objects.in_region(town.region).filter(invoice_number="T7000012050002").count() == 1


def test_a_second_merchant_of_the_same_name_is_not_made_by_accident(town: JoiningTown) -> None:
    office = town.secretary()
    approve(application(town), by=office)
    again = application(town, key="0192f0c1-0000-7000-8000-000000000002")

    with pytest.raises(BusinessNameTaken):
        approve(again, by=office)

    again.refresh_from_db()
    assert again.state == "submitted"


def test_shops_are_never_given_to_another_regions_merchant(town: JoiningTown) -> None:
    asked, other = application(town), Town()

    with pytest.raises(BusinessElsewhere):
        approve(asked, by=town.secretary(), merchant=other.store.merchant)


def test_what_a_rule_asks_and_nobody_gave_is_remarked(town: JoiningTown) -> None:
    SizeRule.objects.create(region=town.region, programme=town.programme, capital_over=50_000_000)

    words = [remark.words for remark in remarks(application(town, capital="", invoice_number=""))]

    assert any("資本金" in one for one in words)
    assert any("登録番号" in one for one in words)


@pytest.mark.parametrize(("number", "is_remarked"), [("T7000012050002", False), ("T7000012050003", True)])
def test_an_invoice_number_that_is_no_companys_is_remarked_and_not_refused(
    town: JoiningTown, number: str, is_remarked: bool
) -> None:
    words = [remark.words for remark in remarks(application(town, invoice_number=number))]

    assert any("個人事業者" in one for one in words) is is_remarked


# The pages.


def review(asked: JoinApplication) -> str:
    return reverse("staff:merchants_joinapplication_review", args=[asked.pk])


def test_the_office_sees_the_queue_and_decides_on_the_page(town: JoiningTown) -> None:
    asked, client = application(town, shops=2), signed_in(town.secretary())
    queue = client.get(reverse("staff:merchants_joinapplication_changelist")).content.decode()
    assert asked.number in queue
    assert asked.number not in client.get("/staff/merchants/joinapplication/?state=approved").content.decode()
    assert "1件" in client.get("/staff/").content.decode()
    page = client.get(reverse("staff:merchants_joinapplication_change", args=[asked.pk])).content.decode()
    assert "カシマ商店2号店" in page

    shop = asked.stores.get(position=2)
    bad = client.post(review(asked), {"outcome": "approve", f"size-{shop.pk}": "small"})
    assert "理由" in bad.content.decode()
    assert not Merchant.objects.filter(name=asked.name).exists()
    good = client.post(review(asked), {"outcome": "approve", "text": ""})

    assert good.status_code == 302
    assert Merchant.objects.get(name=asked.name).stores.count() == 2
    again = client.post(review(asked), {"outcome": "refuse", "text": "遅れて"}, follow=True)
    assert "変更されていません" in again.content.decode()


def test_asking_back_and_refusing_on_the_page_need_a_text(town: JoiningTown) -> None:
    asked, client = application(town), signed_in(town.secretary())

    assert client.post(review(asked), {"outcome": "ask_back", "text": ""}).status_code == 200
    assert client.post(review(asked), {"outcome": "ask_back", "text": "面積は？"}).status_code == 302
    assert client.post(review(asked), {"outcome": "refuse", "text": "対象外"}).status_code == 302

    asked.refresh_from_db()
    assert asked.state == "refused"
    assert [letter.subject for letter in letters() if "審査結果" in letter.subject]


def test_another_regions_office_and_shops_find_no_application(town: JoiningTown) -> None:
    asked, other = application(town), Town()

    assert signed_in(other.secretary()).get(review(asked)).status_code == 404
    assert signed_in(town.shop_person()).get(review(asked)).status_code == 403
    assert Client().get(review(asked)).status_code == 302
