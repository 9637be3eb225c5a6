"""Two towns with everything in them, so that one can be looked for from the other."""

from dataclasses import dataclass

import pytest
from django.test import Client

import config.urls  # noqa: F401 brings the admin pages of all rooms along
from payments.models import Payment, Refund
from regions.models import User
from tests.factories import Town, UserFactory
from tests.staff.sign_in import paid, refunded, signed_in


@dataclass
class Office:
    """A town with a payment and a refund, and a browser of its secretariat."""

    town: Town
    shop: User
    payment: Payment
    refund: Refund
    client: Client


def open_office(**region: str) -> Office:
    town = Town(balance=10_000, **region)
    shop = town.shop_person()
    payment = paid(town, 1_200)
    refund = refunded(payment, 200, by=shop)
    payment.refresh_from_db()
    return Office(town, shop, payment, refund, signed_in(town.secretary()))


@pytest.fixture
def ours(transactional_db: None) -> Office:
    return open_office(slug="ours", name="我が市")


@pytest.fixture
def theirs(transactional_db: None) -> Office:
    return open_office(slug="theirs", name="彼の市")


@pytest.fixture
def operator(transactional_db: None) -> Client:
    return signed_in(UserFactory(is_operator=True))
