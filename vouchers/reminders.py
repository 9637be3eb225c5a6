"""Residents are reminded of value that is about to expire: 30, 14, 7 and 1 days before, once each."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regions.inbox import Words, register_words, tell
from regions.models import Message, Region, Resident
from regions.yen import yen
from vouchers.models import Voucher

EXPIRY = "expiry"
STEPS = (1, 7, 14, 30)
# Nobody's telephone rings at night over a voucher: hours of the region's clock.
FROM_HOUR, UNTIL_HOUR = 9, 20


def step_of(days_left: int) -> int | None:
    """Which reminder is due so many days before the last day; a late run skips what it missed."""
    return next((step for step in STEPS if 0 <= days_left <= step), None)


def remind_of_expiry(region: Region, *, now: datetime | None = None) -> int:
    """Tell each resident of the value that is about to expire; return how many messages are new.

    Run again, or by two at once, it tells nobody twice. At night it tells nobody.
    """
    now = now or timezone.now()
    here = now.astimezone(region.tz)
    if not FROM_HOUR <= here.hour < UNTIL_HOUR:
        return 0
    due = _due(region, now)
    keys = _keys(due, here.date())
    told = set(
        Message.objects.filter(region=region, kind=EXPIRY, created_at__gt=now - timedelta(days=62)).values_list(
            "resident_id", "key"
        )
    )
    left = {place: key for place, key in keys.items() if (place[0], key) not in told}
    residents = Resident.objects.in_region(region).select_related("user").in_bulk({place[0] for place in left})
    return sum(_tell(residents[resident], day, key, due[resident, day], now) for (resident, day), key in left.items())


def _due(region: Region, now: datetime) -> dict[tuple[Any, date], int]:
    """Yen by resident and last day of use; what a payment holds is not counted."""
    soon = Voucher.objects.in_region(region).filter(expires_at__gt=now, expires_at__lte=now + timedelta(days=32))
    sums: dict[tuple[Any, date], int] = defaultdict(int)
    left = F("face") - F("spent") - F("held") - F("expired")
    for resident, expires_at, amount in soon.annotate(left=left).values_list("wallet__resident", "expires_at", "left"):
        if amount > 0:
            sums[resident, (expires_at - timedelta(seconds=1)).astimezone(region.tz).date()] += amount
    return sums


def _keys(due: Mapping[tuple[Any, date], int], today: date) -> dict[tuple[Any, date], str]:
    steps = {place: step_of((place[1] - today).days) for place in due}
    return {place: f"{place[1]}:{step}" for place, step in steps.items() if step is not None}


@transaction.atomic
def _tell(resident: Resident, day: date, key: str, amount: int, now: datetime) -> bool:
    params = {"yen": amount, "day": day.isoformat()}
    link = reverse("region-home", args=[resident.region.slug])
    return tell(resident=resident, kind=EXPIRY, key=key, params=params, link=link, now=now)


def expiry_words(params: Mapping[str, Any]) -> Words:
    facts = {"yen": yen(params["yen"]), "day": date_format(date.fromisoformat(params["day"]), _("j F Y"))}
    return Words(
        _("%(yen)s of vouchers can be used until %(day)s") % facts,
        _("Vouchers worth %(yen)s can be used until the end of %(day)s. What is not used by then is lost.") % facts,
    )


register_words(EXPIRY, expiry_words)
