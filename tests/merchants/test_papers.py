"""What a shop prints: read back from the paper by a reader that is not ours, and in nobody else's hands."""

import pytest
from django.test import Client
from django.urls import reverse

from merchants.emv import read_till
from merchants.paper.choices import PAPERS
from merchants.paper.stand import stands_pdf
from merchants.paper.stickers import COLUMNS, ROWS, stickers_pdf
from merchants.qr import platform_identifier, till_address, till_payload
from regions.models import Region
from regions.models.region import validate_colour
from tests.factories import TillFactory, Town
from tests.papers import codes_on, text_of
from tests.staff.sign_in import signed_in

# Paper takes its time, and a transaction that idles meanwhile is ended.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Town:
    town = Town(name="鹿嶋市", name_en="Kashima City", colour="#1d3f8f")
    town.store.name, town.store.address, town.store.kana = (
        "佐藤青果店",
        "鹿嶋市大船津23-1 〒314-0031",
        "サトウセイカテン",
    )
    town.store.save()
    return town


@pytest.mark.parametrize("size", ["a4", "a5", "a6"])
def test_customers_find_one_code_on_a_stand_and_the_shops_side_has_the_other(town: Town, size: str) -> None:
    pdf = stands_pdf([town.till], size=size)

    assert codes_on(pdf, 0) == [till_address(town.till)]
    assert codes_on(pdf, 1) == [till_payload(town.till)]


def test_the_payload_on_paper_says_which_till_where(town: Town) -> None:
    (text,) = codes_on(stands_pdf([town.till], size="a5"), 1)

    read = read_till(text, identifier=platform_identifier())

    assert (read.region, read.till, read.address) == (town.region.slug, town.till.code, till_address(town.till))
    assert (read.name, read.city, read.local_name) == ("SATOUSEIKATEN", "KASHIMA CITY", "佐藤青果店")
    assert (read.postcode, read.amount) == ("3140031", None)


def test_a_stand_says_whose_it_is_where_and_what_to_do(town: Town) -> None:
    text = text_of(stands_pdf([town.till], size="a5"), 0)

    for shown in (
        "佐藤青果店",
        "鹿嶋市大船津23-1",
        town.till.name,
        "QRを読み取って金額を入れてください",
        "Scan the QR code",
    ):
        assert shown in text
    assert f"{town.till.code[:4]} {town.till.code[4:]}" in text


def test_every_sticker_of_a_sheet_is_of_the_same_till(town: Town) -> None:
    other = TillFactory(store=town.store)
    pdf = stickers_pdf([town.till, other])

    assert codes_on(pdf, 0) == [till_address(town.till)] * COLUMNS * ROWS
    assert codes_on(pdf, 1) == [till_address(other)] * COLUMNS * ROWS


def test_the_same_stand_is_the_same_file(town: Town) -> None:
    assert stands_pdf([town.till], size="a5") == stands_pdf([town.till], size="a5")


def test_a_very_long_name_stays_on_the_paper(town: Town) -> None:
    town.till.store.name = "鹿島臨海工業地帯共同購買組合連合会 大船津ショッピングセンター内 食品部 第二売店" * 2
    town.till.name = "レジ" * 20

    assert codes_on(stands_pdf([town.till], size="a6"), 0) == [till_address(town.till)]
    assert len(codes_on(stickers_pdf([town.till]), 0)) == 10


def addresses(town: Town, paper: str = "stand-a5") -> list[str]:
    slug, store = town.region.slug, town.store
    return [
        reverse("till-paper", args=[slug, town.till.code, paper]),
        reverse("store-papers", args=[slug, store.pk, paper]),
        reverse("merchant-papers", args=[slug, store.merchant.pk, paper]),
    ]


def test_its_own_people_and_its_office_print_it_and_nobody_else(town: Town) -> None:
    closed = TillFactory(store=town.store, is_active=False)
    stranger = Town()

    for person in (town.shop_person(), town.secretary()):
        for address in addresses(town):
            answer = signed_in(person).get(address)
            assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
            assert closed.code not in text_of(answer.content, 0)
    for person in (town.user, stranger.shop_person(), stranger.secretary()):
        assert {signed_in(person).get(address).status_code for address in addresses(town)} == {404}
    assert {Client().get(address).status_code for address in addresses(town)} == {302}
    assert {signed_in(town.shop_person()).get(address).status_code for address in addresses(town, "x")} == {404}


def test_the_ways_to_the_papers_are_where_tills_are_shown(town: Town) -> None:
    shop = signed_in(town.shop_person())
    till = reverse("portal:merchants_till_change", args=[town.till.pk])
    store = reverse("portal:merchants_store_change", args=[town.store.pk])

    for page, found in zip((till, store), addresses(town)[:2], strict=True):
        assert found in shop.get(page).content.decode()
    assert len(PAPERS) == 4


def test_white_letters_can_be_read_on_a_regions_colour() -> None:
    validate_colour(Region._meta.get_field("colour").default)
    for unreadable in ("#ffffff", "#ffd54f", "#ABCDEF", "blue", "#12345", ""):
        with pytest.raises(Exception, match=r"."):
            validate_colour(unreadable)
