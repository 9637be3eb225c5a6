"""A shop with a payment, its neighbour in the same town, and browsers of both."""

from dataclasses import dataclass

import pytest
from django.test import Client

import config.urls  # noqa: F401 brings the admin pages of all rooms along
from merchants.models import MerchantMember
from payments.models import Payment
from regions.models import Membership, Role, User
from tests.factories import StoreFactory, TillFactory, Town, UserFactory
from tests.staff.sign_in import paid, signed_in


@dataclass
class Shop:
    town: Town
    person: User
    client: Client


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    town = Town(balance=10_000)
    person = town.shop_person()
    return Shop(town, person, signed_in(person))


@pytest.fixture
def payment(shop: Shop) -> Payment:
    return paid(shop.town, 1_200)


@pytest.fixture
def neighbour(shop: Shop) -> Client:
    """A person of another merchant of the same town, with a store and a till of its own."""
    store = StoreFactory(region=shop.town.region)
    TillFactory(store=store)
    person = UserFactory()
    MerchantMember.objects.create(merchant=store.merchant, user=person)
    Membership.objects.create(user=person, region=shop.town.region, role=Role.SHOP)
    return signed_in(person)
