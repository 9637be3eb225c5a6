"""Somebody calls: the resident is found as they spell and dictate, and the payment with every step."""

from django.urls import reverse

from regions.models import Resident
from tests.staff.conftest import Office


def found(office: Office, term: str) -> list[Resident]:
    answer = office.client.get(reverse("staff:regions_resident_changelist"), {"q": term})
    return list(answer.context["cl"].queryset)


SAID = (
    "カトウ", "かとう", "ｶﾄｳ", "加藤", "加藤 翔", "加藤　翔", "かとう しょう",
    "090-1234-5678", "０９０１２３４５６７８", "kato@", "K-77",
)  # fmt: skip


def test_a_resident_is_found_by_whatever_they_say(ours: Office) -> None:
    Resident.objects.filter(pk=ours.town.resident.pk).update(
        name="加藤 翔", kana="カトウ ショウ", phone="+819012345678", email="kato@example.jp", resident_no="K-77"
    )

    for term in SAID:
        assert found(ours, term) == [ours.town.resident], term


def test_nobody_is_found_by_what_is_nobodys(ours: Office) -> None:
    assert found(ours, "サトウ") == []
    assert found(ours, "08099999999") == []


def test_the_residents_page_shows_wallet_and_payments(ours: Office) -> None:
    page = ours.client.get(reverse("staff:regions_resident_change", args=[ours.town.resident.pk]))

    text = page.content.decode()
    assert ours.payment.number in text
    assert "9,000" in text


def test_a_payment_is_found_by_the_number_that_is_read_out(ours: Office) -> None:
    number = ours.payment.number

    for spelling in (number, number.lower(), number.replace("-", ""), f" {number} ", number[-9:]):
        answer = ours.client.get(reverse("staff:payments_payment_changelist"), {"q": spelling})
        assert list(answer.context["cl"].queryset) == [ours.payment], spelling


def test_a_payments_page_shows_every_step_and_the_receipt(ours: Office) -> None:
    page = ours.client.get(reverse("staff:payments_payment_change", args=[ours.payment.pk]))

    steps = page.content.decode()
    assert str(ours.payment.log_position) in steps
    assert ours.refund.reason in steps
    assert "-1,200" in steps
    assert "+200" in steps
