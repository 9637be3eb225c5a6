"""A business applies on the web: what it types is checked and named, sent once, corrected and withdrawn by its link."""

from typing import Any

import pytest
from django.test import Client

from merchants.joining.entries import check_digit
from merchants.joining.review import ask_back
from merchants.models import JoinApplication, JoiningRules, Merchant
from tests.factories import Town
from tests.joining.conftest import JoiningTown, letters, link_in, sent

pytestmark = pytest.mark.django_db(transaction=True)


def only() -> JoinApplication:
    return JoinApplication.objects.get()


def test_an_application_is_confirmed_sent_and_answered_with_a_number_and_a_private_link(town: JoiningTown) -> None:
    client = Client()
    assert "暴力団" in client.get(town.form_address).content.decode()

    confirm = client.post(town.form_address, town.typed(shops=2))
    assert confirm.status_code == 200
    assert "カシマ商店2号店" in confirm.content.decode()
    assert not JoinApplication.objects.exists()
    page = client.get(sent(town, shops=2))

    application = only()
    assert application.number in page.content.decode()
    assert (application.postcode, application.kana) == ("314-0031", "カブシキガイシャ カシマショウテン")
    assert [shop.tills_count for shop in application.stores.all()] == [1, 2]
    (letter,) = letters()
    assert letter.to == ["hanako@example.jp"]
    assert application.number in letter.subject
    assert Client().get(link_in(letter)).status_code == 200
    assert letters() == []


def test_sending_the_same_page_twice_applies_once(town: JoiningTown) -> None:
    assert sent(town) == sent(town)

    assert JoinApplication.objects.count() == 1
    assert len(letters()) == 1


@pytest.mark.parametrize(
    ("field", "typed", "named"),
    [
        ("name", "", "入力してください"),
        ("kana", "鹿島", "カタカナ"),
        ("postcode", "314-003", "7桁"),
        ("head_office", "", "選んでください"),
        ("head_office", "moon", "moon"),
        ("capital", "三百万", "数字"),
        ("capital", "-1", "以上"),
        ("invoice_number", "7000012050002", "T"),
        ("contact_email", "hanako", "メールアドレス"),
        ("contact_phone", "12", "電話番号"),
        ("ticket_types", [], "選んでください"),
        ("pledge", "", "誓約"),
        ("takes_app", "", "支払方法"),
        ("shop-0-name", "", "入力してください"),
        ("shop-0-category", "", "選んでください"),
        ("shop-0-floor_area", "0", "以上"),
        ("shop-0-floor_area", "広い", "数字"),
        ("shop-0-tills_count", "201", "大きすぎます"),
        ("shop-0-postcode", "abc", "7桁"),
        ("key", "", ""),
    ],
)
def test_every_bad_input_is_named_and_nothing_is_sent(town: JoiningTown, field: str, typed: Any, named: str) -> None:
    answer = Client().post(town.form_address, {**town.typed(**{field: typed}), "confirmed": "1"})

    assert answer.status_code == 422
    assert named in answer.content.decode()
    assert not JoinApplication.objects.exists()


def test_another_regions_ticket_type_cannot_be_wanted(town: JoiningTown) -> None:
    other = Town()

    answer = Client().post(town.form_address, {**town.typed(ticket_types=[str(other.common.pk)]), "confirmed": "1"})

    assert answer.status_code == 422
    assert not JoinApplication.objects.exists()


def test_shops_are_added_and_left_out_without_losing_what_was_typed(town: JoiningTown) -> None:
    more = Client().post(town.form_address, {**town.typed(name="残る商店"), "add_shop": "1"}).content.decode()
    assert 'name="shop-1-name"' in more
    assert "残る商店" in more
    assert 'class="problem"' not in more

    fewer = Client().post(town.form_address, {**town.typed(shops=2), "remove_shop": "1"}).content.decode()
    assert 'name="shop-1-name"' not in fewer


def test_a_region_that_takes_none_says_so(town: JoiningTown) -> None:
    JoiningRules.objects.create(region=town.region, is_open=False)

    answer = Client().post(town.form_address, {**town.typed(), "confirmed": "1"})

    assert "受け付けていません" in answer.content.decode()
    assert not JoinApplication.objects.exists()


def test_the_regions_own_exclusions_stand_with_the_pledge(town: JoiningTown) -> None:
    JoiningRules.objects.create(region=town.region, more_exclusions="市税を滞納している者\n移動販売のみの者")

    assert "移動販売のみの者" in Client().get(town.form_address).content.decode()


def test_so_many_applications_from_one_address_are_too_many(town: JoiningTown) -> None:
    keys = [f"0192f0c1-0000-7000-8000-00000000010{number}" for number in range(7)]

    answers = [Client().post(town.form_address, {**town.typed(key=key), "confirmed": "1"}) for key in keys]

    assert [answer.status_code for answer in answers] == [302] * 6 + [429]
    assert JoinApplication.objects.count() == 6


def test_what_is_asked_back_is_corrected_by_the_link_and_only_then(town: JoiningTown) -> None:
    page = sent(town)
    client = Client()
    assert client.get(f"{page}correct/").status_code == 302

    ask_back(only(), by=town.secretary(), text="店舗面積をご確認ください。")
    asked = letters()[-1]
    assert "店舗面積をご確認ください。" in asked.body
    form = client.get(f"{link_in(asked)}correct/").content.decode()
    assert "株式会社カシマ商店" in form
    answer = client.post(f"{page}correct/", {**town.typed(**{"shop-0-floor_area": "120"}), "confirmed": "1"})

    assert answer.status_code == 302
    application = only()
    assert application.state == "submitted"
    assert [shop.floor_area for shop in application.stores.all()] == [120]
    assert [step.kind for step in application.steps.order_by("at")] == ["submitted", "asked_back", "corrected"]


def test_it_is_withdrawn_by_the_link_once(town: JoiningTown) -> None:
    page = sent(town)

    assert Client().get(f"{page}withdraw/").status_code == 405
    for _time in range(2):
        assert Client().post(f"{page}withdraw/").status_code == 302

    application = only()
    assert application.state == "withdrawn"
    assert application.steps.filter(kind="withdrawn").count() == 1
    assert not Merchant.objects.filter(name=application.name).exists()


def test_a_link_works_in_its_own_region_and_only_whole(town: JoiningTown) -> None:
    page = sent(town)
    other = Town()

    assert Client().get(page.replace(town.region.slug, other.region.slug)).status_code == 404
    assert Client().get(page[:-2] + "x/").status_code == 404


@pytest.mark.parametrize("number", ["7000012050002", "1180301018771"])
def test_the_check_digit_is_that_of_published_corporate_numbers(number: str) -> None:
    assert check_digit(number[1:]) == int(number[0])
