"""A region's settlement for the walk: a rule, a closed period with its statement, and a run that pays it."""

from datetime import timedelta

from django.db.models import Model
from django.utils import timezone

from payments.models import (
    Closing,
    PayerAccount,
    SettlementRule,
    SettlementTerm,
    Statement,
    Transfer,
    TransferRun,
)
from payments.settlement.calendar import Roll, rolled
from payments.settlement.check import check_settlement
from payments.settlement.closing import close_period
from payments.settlement.schedule import open_period
from payments.transfers.runs import make_run
from regions.models import User
from tests.factories import Town
from tests.transfers.paying import account_for, payer_for


def settle_town(town: Town, *, by: User, mark: str) -> None:
    """Close everything until today, as tomorrow's first hour would, and begin to pay it."""
    today = timezone.now().astimezone(town.region.tz).date()
    rule = SettlementRule.objects.create(region=town.region, begins_on=today - timedelta(days=1))
    SettlementTerm.objects.create(rule=rule, closing_day=today.day, pay_months_later=0, pay_days_later=3)
    found = open_period(rule)
    assert found
    closing = close_period(rule, found.period, now=found.ends_before)
    check_settlement(town.region)
    account_for(town.store.merchant)
    make_run(payer_for(town.region, name=mark), rolled(closing.pay_on, Roll.NEXT), by=by)


def settlement_rows(town: Town) -> list[Model]:
    kinds: list[type[Model]] = [SettlementRule, Closing, Statement, PayerAccount, TransferRun, Transfer]
    return [kind._default_manager.get(region=town.region) for kind in kinds]
