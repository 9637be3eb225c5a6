"""A town with two ticket types that takes applications, and what a business would type."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

import config.urls  # noqa: F401 brings the admin pages of all rooms along
from merchants.letters import mail_letters
from tests.factories import TicketTypeFactory, Town
from vouchers.models import TicketKind, TicketType


class JoiningTown(Town):
    """A town whose programme has a common and a small-shop ticket."""

    def __init__(self, **region: Any) -> None:
        super().__init__(**region)
        self.local: TicketType = TicketTypeFactory(programme=self.programme, kind=TicketKind.LOCAL)

    @property
    def form_address(self) -> str:
        return f"/{self.region.slug}/shops/join/"

    def typed(self, **changed: Any) -> dict[str, Any]:
        """A form without a mistake; `shops` is the number of its shops."""
        shops = changed.pop("shops", 1)
        form: dict[str, Any] = {
            "name": "株式会社カシマ商店",
            "kana": "かぶしきがいしゃ カシマショウテン",
            "representative": "鹿島 太郎",
            "postcode": "３１４００３１",
            "address": "鹿嶋市宮中1-1",
            "head_office": "city",
            "capital": "3000000",
            "invoice_number": "T7000012050002",
            "contact_name": "鹿島 花子",
            "contact_email": "hanako@example.jp",
            "contact_phone": "0299-82-0000",
            "ticket_types": [str(self.common.pk), str(self.local.pk)],
            "takes_app": "on",
            "pledge": "on",
            "key": "0192f0c1-0000-7000-8000-000000000001",
            "shop-TOTAL_FORMS": str(shops),
            "shop-INITIAL_FORMS": "0",
            "shop-MIN_NUM_FORMS": "1",
            "shop-MAX_NUM_FORMS": "20",
        }
        for number in range(shops):
            shop = {
                "name": f"カシマ商店{number + 1}号店",
                "kana": "カシマショウテン",
                "category": "food",
                "postcode": "314-0031",
                "address": f"鹿嶋市宮中{number + 1}-1",
                "phone": "",
                "floor_area": "1500" if number else "80",
                "building": "",
                "tills_count": str(number + 1),
            }
            form |= {f"shop-{number}-{name}": value for name, value in shop.items()}
        return {**form, **changed}


@pytest.fixture
def town(transactional_db: None) -> JoiningTown:
    return JoiningTown(slug="ours", name="我が市")


def letters() -> list[Any]:
    """Send what is due, and hand out the e-mails of this moment."""
    mail.outbox.clear()
    mail_letters()
    return list(mail.outbox)


def link_in(message: Any) -> str:
    """The address in an e-mail, as the browser asks for it."""
    found = re.search(r"https?://[^/\s]+(/\S+)", message.body)
    assert found
    return found[1]


def sent(town: JoiningTown, **changed: Any) -> str:
    """Send a form; the address of the application's page."""
    answer = Client().post(town.form_address, {**town.typed(**changed), "confirmed": "1"})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])
