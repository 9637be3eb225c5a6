"""A region's settlement for the walk: a rule, a period that it has closed, and the statement of its store."""

from datetime import timedelta

from django.db.models import Model
from django.utils import timezone

from payments.models import Closing, SettlementRule, SettlementTerm, Statement
from payments.settlement.check import check_settlement
from payments.settlement.closing import close_period
from payments.settlement.schedule import open_period
from tests.factories import Town


def settle_town(town: Town) -> None:
    """Close everything until today, as tomorrow's first hour would."""
    today = timezone.now().astimezone(town.region.tz).date()
    rule = SettlementRule.objects.create(region=town.region, begins_on=today - timedelta(days=1))
    SettlementTerm.objects.create(rule=rule, closing_day=today.day, pay_months_later=0, pay_days_later=3)
    found = open_period(rule)
    assert found
    close_period(rule, found.period, now=found.ends_before)
    check_settlement(town.region)


def settlement_rows(town: Town) -> list[Model]:
    return [
        SettlementRule.objects.get(region=town.region),
        Closing.objects.get(region=town.region),
        Statement.objects.get(region=town.region),
    ]
