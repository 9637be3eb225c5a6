"""The residents' pages for codes and charges: shown, asked, answered, and what a scanned text leads to."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from merchants.qr import till_address, till_payload
from payments.code_payments import CodeRequest, take_code
from payments.errors import CodeExpired
from payments.models import PayCode, Payment
from payments.verification import verify_due
from tests.factories import Town
from tests.payments.test_charges import charge_of, second_wallet
from tests.payments.test_pages import Phone, text
from vouchers.models import Wallet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def impatient(settings: object) -> None:
    settings.PAYMENT_BUDGET = 0  # type: ignore[attr-defined]


def shown(phone: Phone) -> tuple[PayCode, str]:
    """The code on the page, and its digits as they are read there."""
    page = phone.get("pay-code").content.decode()
    (digits,) = re.findall(r"(\d{5} \d{5})", page)
    return PayCode.objects.latest("issued_at"), digits


def post(phone: Phone, name: str, *args: object, **body: Any) -> Any:
    return phone.client.post(reverse(name, args=[phone.town.region.slug, *args]), body)


def test_the_page_shows_a_code_that_the_shop_can_take() -> None:
    town = Town(balance=5_000)
    phone = Phone(town)
    code, digits = shown(phone)

    take_code(CodeRequest(town.till, digits, 1_200))

    state = phone.get("pay-code-state", code.pk).json()
    payment = Payment.objects.get()
    assert state == {"state": "used", "next": reverse("payment", args=[town.region.slug, payment.pk])}
    assert text(phone.client.get(state["next"]))


def test_the_page_renews_its_code_and_no_cache_keeps_it() -> None:
    phone = Phone(Town(balance=5_000))
    first, digits = shown(phone)

    answer = post(phone, "pay-code-new")

    assert "no-store" in answer["Cache-Control"]
    assert answer.json()["digits"] != digits
    assert "<svg" in answer.json()["picture"]
    assert phone.client.get(answer.json()["address"]).json()["state"] == "open"
    assert PayCode.objects.exclude(pk=first.pk).count() == 1
    assert phone.get("pay-code-new").status_code == 405


def test_above_the_limit_the_page_asks_with_shop_and_amount() -> None:
    town = Town(balance=50_000)
    phone = Phone(town)
    code, digits = shown(phone)
    take_code(CodeRequest(town.till, digits, 6_200))
    asked = phone.get("pay-code-state", code.pk).json()
    assert asked["state"] == "asked"

    page = text(phone.client.get(asked["next"]))
    assert town.store.name in page
    assert "6,200" in page
    answer = post(phone, "pay-code-answer", code.pk, yes="1")

    payment = Payment.objects.get()
    assert answer["Location"] == reverse("payment", args=[town.region.slug, payment.pk])
    assert post(phone, "pay-code-answer", code.pk, yes="1")["Location"] == answer["Location"]
    assert Payment.objects.count() == 1


def test_a_no_takes_nothing_and_says_so() -> None:
    town = Town(balance=50_000)
    phone = Phone(town)
    code, digits = shown(phone)
    take_code(CodeRequest(town.till, digits, 6_200))

    page = text(post(phone, "pay-code-answer", code.pk, no="1"))

    assert "You said no. Nothing was taken." in page
    assert "already" in text(post(phone, "pay-code-answer", code.pk, yes="1"))
    assert not Payment.objects.exists()


def test_a_code_is_nobody_elses_and_no_other_devices() -> None:
    town, other = Town(balance=50_000), Town(balance=50_000)
    code, digits = shown(Phone(town))
    take_code(CodeRequest(town.till, digits, 6_200))

    for stranger in (Phone(town), Phone(other), Phone(town, other.user)):
        for name in ("pay-code-state", "pay-code-answer"):
            assert stranger.get(name, code.pk).status_code == 404
            assert post(stranger, name, code.pk, yes="1").status_code == 404
    assert not Payment.objects.exists()


def test_signed_out_the_code_is_worth_nothing() -> None:
    town = Town(balance=5_000)
    phone = Phone(town)
    _code, digits = shown(phone)
    phone.client.logout()

    with pytest.raises(CodeExpired):
        take_code(CodeRequest(town.till, digits, 100))

    assert not Payment.objects.exists()


def test_a_charge_shows_shop_and_amount_and_is_paid_by_one_press() -> None:
    town = Town(balance=5_000)
    phone, charge = Phone(town), charge_of(town)

    page = phone.get("charge", charge.token)
    assert "1,200" in text(page)
    assert town.store.name in text(page)
    (key,) = re.findall(r'name="key"\s+value="([^"]+)"', page.content.decode())
    answer = post(phone, "charge", charge.token, key=key)

    payment = Payment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("payment", args=[town.region.slug, payment.pk]))
    assert phone.get("charge", charge.token)["Location"] == answer["Location"]


def test_the_second_person_reads_that_it_is_taken_and_a_cancelled_one_that_it_is_gone() -> None:
    town = Town(balance=5_000)
    charge = charge_of(town)
    wallet: Wallet = second_wallet(town)
    other = Phone(town, wallet.resident.user)
    page = other.get("charge", charge.token)
    (key,) = re.findall(r'name="key"\s+value="([^"]+)"', page.content.decode())
    first = Phone(town)
    post(first, "charge", charge.token, key="00000000-0000-4000-8000-000000000000")

    late = post(other, "charge", charge.token, key=key)

    assert late.status_code == 409
    assert "Somebody else is paying this" in text(late)
    assert "Nothing was taken" in text(other.get("charge", charge.token))
    assert other.get("charge", "NOSUCH").status_code == 404
    assert Payment.objects.count() == 1


def test_who_has_too_little_for_a_charge_reads_how_much_is_missing() -> None:
    town = Town(balance=200)

    page = Phone(town).get("charge", charge_of(town).token)

    assert page.status_code == 402
    assert "1,000" in text(page)


def test_whatever_was_scanned_leads_to_the_question_and_never_past_it() -> None:
    town, other = Town(balance=5_000), Town()
    phone, charge, slug = Phone(town), charge_of(town), town.region.slug
    till, payload = reverse("pay-till", args=[slug, town.till.code]), till_payload(town.till)

    leads = {
        town.till.code: till,
        till_address(town.till): till,
        payload: till,
        till_payload(town.till, amount=700): f"{till}confirm/?amount=700",
        till_payload(town.till, amount=1, reference=charge.token): reverse("charge", args=[slug, charge.token]),
    }
    assert {text: phone.get("pay", code=text)["Location"] for text in leads} == leads
    assert "its check number does not fit" in text(phone.get("pay", code=f"{payload[:-1]}!"))
    assert "was not read completely" in text(phone.get("pay", code=payload[:50]))
    assert "not of this region" in text(phone.get("pay", code=till_payload(other.till)))
    assert not Payment.objects.exists()


def test_a_charge_and_a_code_need_a_sign_in() -> None:
    town = Town()
    charge = charge_of(town)

    for name, args in (("pay-code", ()), ("charge", (charge.token,))):
        assert Client().get(reverse(name, args=[town.region.slug, *args])).status_code == 302
    verify_due(town.region.notary)
