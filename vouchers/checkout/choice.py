"""Which provider is there, and what it can be asked for an order: from the settings and the clock's reading."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from vouchers.checkout.port import Checkout, Method

# A provider's page stays open for half an hour at least and a day at most.
PAGE_MIN, PAGE_MAX = timedelta(minutes=31), timedelta(hours=23)
KONBINI_DAYS_MAX = 60


def provider() -> Checkout | None:
    """The provider that the deployment has a key for, or none: then only the desk takes money."""
    if not settings.STRIPE_SECRET_KEY:
        return None
    return _provider(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@cache
def _provider(key: str, base: str) -> Checkout:
    # Loaded where it is used: the library is large, and most deployments and processes do without.
    made: Checkout = import_string("vouchers.checkout.stripe_checkout.StripeCheckout")(secret_key=key, base=base)
    return made


def offered(*, now: datetime, pay_by_at: datetime, tz: ZoneInfo) -> list[Method]:
    """The ways that are still there for an order: none at a provider that could not end before the deadline."""
    found = provider()
    if found is None or pay_by_at - now < PAGE_MIN:
        return []
    return [m for m in found.methods if m != Method.KONBINI or konbini_days(now=now, pay_by_at=pay_by_at, tz=tz)]


def page_closes_at(*, now: datetime, pay_by_at: datetime) -> datetime:
    return min(pay_by_at, now + PAGE_MAX)


def konbini_days(*, now: datetime, pay_by_at: datetime, tz: ZoneInfo) -> int:
    """Whole days for which a number may be good so that it ends before the order does; 0: too late for one.

    It ends at the last second of its last day.
    """
    deadline = pay_by_at.astimezone(tz) + timedelta(seconds=1)
    days = (deadline.date() - now.astimezone(tz).date()).days - 1
    return max(min(days, KONBINI_DAYS_MAX), 0)
