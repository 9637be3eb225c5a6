"""What the bench of the settlement does inside the platform's own environment: stores, a rule, one closing.

Run by `manage.py shell` of the measured stack; what the bench needs to know is printed as one line of JSON.
"""

import json
import sys
import time
from datetime import timedelta
from typing import Any

from django.utils import timezone

from maintenance.bench.town import SLUG
from merchants.models import Merchant, Store, Till
from payments.models import SettlementRule, SettlementTerm
from payments.settlement.check import check_settlement
from payments.settlement.closing import close_period
from payments.settlement.documents import document_of
from payments.settlement.schedule import open_period
from regions.models import Region

WEEKLY = (7, 14, 21, 28)


def prepare(stores: int) -> None:
    """So many stores in all, and a rule that closes four times a month, from a year ago on."""
    region = Region.objects.get(slug=SLUG)
    for number in range(Store.objects.filter(region=region).count(), stores):
        merchant = Merchant.objects.create(region=region, name=f"精算事業者{number}")
        store = Store.objects.create(region=region, merchant=merchant, store_no=f"C{number:04}", name=f"精算店{number}")
        Till.objects.create(region=region, store=store, name="レジ1")
    begins_on = (timezone.localdate() - timedelta(days=365)).replace(day=1)
    rule = SettlementRule.objects.create(region=region, begins_on=begins_on, fee_bp=300)
    SettlementTerm.objects.bulk_create(
        SettlementTerm(rule=rule, closing_day=day, pay_months_later=0, pay_days_later=10) for day in WEEKLY
    )


def period() -> None:
    """Say the first and the last day of the period that is closed next."""
    found = open_period(SettlementRule.objects.get(region__slug=SLUG))
    if found is None:
        raise ValueError("the rule is endless")
    _say({"first": found.period.first.isoformat(), "last": found.period.last.isoformat()})


def close() -> None:
    """Close the next period and add everything up; say how long each took, and whether it adds up."""
    rule = SettlementRule.objects.select_related("region").get(region__slug=SLUG)
    found = open_period(rule)
    if found is None:
        raise ValueError("the rule is endless")
    began = time.monotonic()
    closing = close_period(rule, found.period)
    closed = time.monotonic()
    check = check_settlement(rule.region)
    checked = time.monotonic()
    statement = closing.statements.order_by("-payments_count").first()
    if statement is None:
        raise ValueError("somebody was paid")
    document_of(statement, "pdf")
    _say(
        {
            "closing": closed - began,
            "check": checked - closed,
            "pdf": time.monotonic() - checked,
            "statements": closing.statements.count(),
            "payments": sum(closing.statements.values_list("payments_count", flat=True)),
            "wrong": abs(check.difference) + check.wrong_count,
        }
    )


def _say(document: Any) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
