"""The next pay-out on the portal's first page: how much, when, and what is not closed yet."""

from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from payments.models import SettlementRule, Statement, StatementLine, StoreEntry, TransferItem, TransferState
from payments.settlement.schedule import open_period
from payments.statement_pages import paid_for
from regions.yen import yen


def payout_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """Closed and not yet in the account by pay day, and what was taken since; nothing for people of the till alone."""
    merchants = paid_for(request)
    if not merchants:
        return "portal/payout.html", {"is_shown": False}
    return "portal/payout.html", {
        "is_shown": True,
        "payouts": [(row["pay_on"], yen(row["yen"])) for row in _payouts(merchants)],
        "open": yen(_open(merchants)),
        "closings": _closings(merchants, timezone.now()),
        "listing": reverse("portal:payments_statement_changelist"),
    }


def _payouts(merchants: list[Any]) -> Any:
    paid = TransferItem.objects.filter(state=TransferState.PAID, statement__merchant__in=merchants)
    waiting = Statement.objects.filter(merchant__in=merchants, net__gt=0).exclude(pk__in=paid.values("statement"))
    return waiting.order_by().values("pay_on").annotate(yen=Sum("net")).order_by("pay_on")


def _open(merchants: list[Any]) -> int:
    """Yen of their stores on no statement yet: all that was entered less all that was stated."""
    entered = StoreEntry.objects.filter(store__merchant__in=merchants).aggregate(yen=Sum("amount"))["yen"] or 0
    stated = StatementLine.objects.filter(entry__store__merchant__in=merchants).aggregate(yen=Sum("amount"))["yen"]
    return int(entered - (stated or 0))


def _closings(merchants: list[Any], now: datetime) -> list[tuple[SettlementRule, Any]]:
    """When each rule of their regions closes next, and is paid."""
    regions = {merchant.region_id for merchant in merchants}
    rules = SettlementRule.objects.filter(region__in=regions, is_active=True)
    rules = rules.select_related("region", "programme").prefetch_related("terms")
    found = [(rule, open_period(rule)) for rule in rules]
    # A programme that is over long ago is no news.
    return [(rule, period.period) for rule, period in found if period and period.period.pay_on >= now.date()]
