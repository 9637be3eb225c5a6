"""What residents are told: once, in their language, with a copy by e-mail."""

from collections.abc import Mapping
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.translation import get_language, override

from regions import inbox
from regions.inbox import Words, mail_messages, register_words, tell, unread_count
from regions.mailing import ATTEMPTS
from regions.models import Message, Resident
from tests.factories import ResidentFactory
from tests.staff.sign_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def words(params: Mapping[str, Any]) -> Words:
    return Words(f"{get_language()} {params['what']}", "body")


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "_words", {})
    register_words("news", words)


@pytest.fixture
def resident() -> Resident:
    return ResidentFactory(email="hanako@example.jp")


def test_a_message_is_told_once(resident: Resident) -> None:
    assert tell(resident=resident, kind="news", key="1", params={"what": "A"})
    assert not tell(resident=resident, kind="news", key="1", params={"what": "B"})
    assert tell(resident=resident, kind="news", key="2", params={"what": "C"})

    assert unread_count(resident.pk) == 2


def test_it_is_read_in_the_readers_language_and_then_is_not_new(resident: Resident) -> None:
    tell(resident=resident, kind="news", key="1", params={"what": "A"})
    client: Client = signed_in(resident.user)
    address = f"/{resident.region.slug}/messages/"

    assert "ja A" in client.get(address).content.decode()
    assert unread_count(resident.pk) == 0
    assert "en A" in client.get(address, headers={"accept-language": "en"}).content.decode()


def test_strangers_see_no_inbox(resident: Resident) -> None:
    address = f"/{resident.region.slug}/messages/"
    other = ResidentFactory()

    assert Client().get(address).status_code == 302
    assert signed_in(other.user).get(address)["Location"] == f"/{resident.region.slug}/"


def test_the_copy_goes_out_once(resident: Resident) -> None:
    tell(resident=resident, kind="news", key="1", params={"what": "A"})

    with override("en"):
        assert (mail_messages(), mail_messages()) == (1, 0)

    (copy,) = mail.outbox
    assert (copy.to, copy.subject) == (["hanako@example.jp"], "ja A")
    assert f"/{resident.region.slug}/messages/" in copy.body


def test_a_mail_server_that_is_away_delays_and_loses_nothing(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object) -> None:
        raise SMTPServerDisconnected

    tell(resident=resident, kind="news", key="1", params={"what": "A"})
    now = timezone.now()
    with monkeypatch.context() as broken:
        broken.setattr("regions.inbox.send_each", away)
        assert mail_messages(now=now) == 0
        assert mail_messages(now=now) == 0

    assert mail_messages(now=now + timedelta(minutes=1)) == 0
    assert mail_messages(now=now + timedelta(minutes=3)) == 1


def test_after_many_attempts_the_copy_is_given_up_and_the_message_stays(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object) -> None:
        raise SMTPServerDisconnected

    monkeypatch.setattr("regions.inbox.send_each", away)
    tell(resident=resident, kind="news", key="1", params={"what": "A"})
    for day in range(ATTEMPTS):
        mail_messages(now=timezone.now() + timedelta(days=day + 1))

    message = Message.objects.get(resident=resident)
    assert (message.mail_after, message.mail_attempts) == (None, ATTEMPTS)
    assert unread_count(resident.pk) == 1
