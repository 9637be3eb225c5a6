"""A provider at an address of its own, and a programme whose units can be ordered."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.checkout import fake_stripe
from tests.checkout.sale import Sale
from vouchers.checkout import choice


@pytest.fixture
def provider(settings: Any) -> Iterator[fake_stripe.Provider]:
    running, server = fake_stripe.serve()
    settings.STRIPE_API_BASE = running.base
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = fake_stripe.SECRET_KEY, fake_stripe.WEBHOOK_SECRET
    yield running
    choice._provider.cache_clear()
    server.shutdown()
    server.server_close()


@pytest.fixture
def sale() -> Sale:
    return Sale()
