"""Signing up with one address or the other, on pages and in the app, and the limits on guessing."""

import re

import pytest
from django.core import mail
from django.test import Client

from regions.models import User

pytestmark = pytest.mark.django_db(transaction=True)

SIGN_UP = "/_allauth/app/v1/auth/signup"
PASSWORD = "a long enough sentence"


def sign_up(**fields: str) -> int:
    answer = Client().post(SIGN_UP, {"password": PASSWORD, **fields}, content_type="application/json")
    return answer.status_code


def test_an_e_mail_address_alone_will_do_for_any_number_of_people() -> None:
    assert [sign_up(email=f"new{n}@example.jp") for n in range(3)] == [200, 200, 200]

    assert User.objects.filter(email__startswith="new", phone=None).count() == 3


def test_a_telephone_number_alone_will_do_and_is_proved_by_six_digits(capsys: pytest.CaptureFixture[str]) -> None:
    assert sign_up(phone="090-1111-2222") == 401

    user = User.objects.get()
    code = re.search(r"SMS \+819011112222: .*?(\d{6})", capsys.readouterr().out)
    assert (user.email, user.phone, user.phone_verified) == (None, "+819011112222", False)
    assert code


def test_without_any_address_nobody_is_made() -> None:
    assert sign_up() == 400
    page = Client().post("/accounts/signup/", {"email": "", "phone": "", "password1": PASSWORD})

    assert page.status_code == 200
    assert not User.objects.exists()


def test_a_second_sign_up_for_the_same_number_within_its_limit_is_told_to_wait() -> None:
    client = Client()
    body = {"password": PASSWORD, "phone": "090-1111-2222"}

    first = client.post(SIGN_UP, body, content_type="application/json")
    second = Client().post(SIGN_UP, body, content_type="application/json")

    assert (first.status_code, second.status_code) == (401, 429)
    assert second["Retry-After"]


def test_a_code_sent_by_e_mail_has_six_digits_and_wrong_ones_are_limited() -> None:
    sign_up(email="new@example.jp")
    mail.outbox.clear()
    client = Client()
    client.post("/accounts/login/code/", {"email": "new@example.jp"})
    (message,) = mail.outbox
    assert re.search(r"\b\d{6}\b", message.body)

    answers = [client.post("/accounts/login/code/confirm/", {"code": "000000"}).status_code for _ in range(7)]

    assert answers[-1] != 200


def test_a_code_cannot_be_asked_for_without_an_address() -> None:
    page = Client().post("/accounts/login/code/", {"email": "", "phone": ""})

    assert page.status_code == 200
    assert not mail.outbox
