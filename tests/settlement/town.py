"""A town whose payments happened on days of our choosing, with a rule that settles them."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from payments.models import Closing, Payment, Refund, SettlementRule, SettlementTerm, Statement, StoreEntry
from payments.settlement.check import by_store_and_programme, check_settlement
from payments.settlement.closing import close_period
from payments.settlement.schedule import open_period
from regions.models import Region
from tests.factories import Town

TOKYO = ZoneInfo("Asia/Tokyo")
TENRI = (
    {"closing_day": 15, "pay_months_later": 0, "pay_day": 31},
    {"closing_day": 31, "pay_months_later": 1, "pay_day": 15},
)


def rule_for(
    region: Region, *, terms: Any = TENRI, begins_on: date = date(2026, 4, 1), **fields: Any
) -> SettlementRule:
    rule = SettlementRule.objects.create(region=region, begins_on=begins_on, **fields)
    SettlementTerm.objects.bulk_create(SettlementTerm(rule=rule, **term) for term in terms)
    return rule


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=TOKYO)


def moved_to(what: Payment | Refund, day: date) -> None:
    """Let it have been decided at noon of that day: as the notary's clock would have said it."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_storeentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE payments_storeentry SET at = %s WHERE source = %s", [noon(day), what.pk])
        cursor.execute("ALTER TABLE payments_storeentry ENABLE TRIGGER USER")


def close_next(rule: SettlementRule, **more: Any) -> Closing:
    """Close the rule's open period on the day after it ends."""
    found = open_period(rule)
    assert found
    return close_period(rule, found.period, now=found.ends_before + timedelta(hours=9), **more)


def statement_of(town: Town, closing: Closing) -> Statement:
    return Statement.objects.get(closing=closing, store=town.store)


def assert_settlement_adds_up(region: Region) -> None:
    """Statements + open = completed − refunded: in the region, and for every store and programme."""
    check = check_settlement(region)
    assert (check.difference, check.wrong_count) == (0, 0)
    rows = by_store_and_programme(region)
    entries = sum(StoreEntry.objects.filter(region=region).values_list("amount", flat=True))
    assert entries == sum(stated + left for *_, stated, left in rows)
    for statement in Statement.objects.filter(region=region):
        lines = sum(statement.lines.values_list("amount", flat=True))
        assert lines == statement.gross + statement.refunds
        before = statement.previous.carried_out if statement.previous else 0
        assert statement.carried_in == before


def now_is(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)), TOKYO)
