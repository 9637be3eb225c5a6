"""How tests knock at the doors: signed in or not, by page or by app."""

from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.test import Client, RequestFactory

from payments.models import Payment
from regions.models import User
from tests.factories import Town
from vouchers.models import Voucher


def signed_in(user: User) -> Client:
    """A browser of this person, with the second factor proved."""
    client = Client()
    client.force_login(user, backend="regions.authentication.PreparedBackend")
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": 0}]
    session.save()
    return client


def app_of(user: User) -> Client:
    """A telephone app of this person: the session's token in a header instead of a cookie."""
    browser = signed_in(user)
    request = RequestFactory().get("/")
    request.session = browser.session
    token = SessionTokenStrategy().create_session_token(request)
    return Client(headers={"X-Session-Token": token})


def pay(client: Client, town: Town, *, amount: int = 1_000, key: str = "key") -> Any:
    return client.post(
        f"/api/v1/regions/{town.region.slug}/payments",
        {"till": town.till.code, "amount": amount},
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def assert_nothing_moved(town: Town) -> None:
    """No payment was written, and nothing is held or spent."""
    assert not Payment.objects.filter(region=town.region).exists()
    sums = Voucher.objects.filter(region=town.region).sums()
    assert (sums["held"], sums["spent"]) == (0, 0)
