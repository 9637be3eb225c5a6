"""Periods closed by themselves when they are over. The rows say what is due, so a missed day is caught up."""

from collections.abc import Iterator
from datetime import datetime

import structlog
from django.utils import timezone

from payments.models import Closing, SettlementRule
from payments.settlement.closing import close_period
from payments.settlement.errors import PeriodNotNext
from payments.settlement.schedule import GRACE, open_period

log = structlog.stdlib.get_logger(__name__)


def close_due(*, now: datetime | None = None) -> list[Closing]:
    """Close every period that is over, rule by rule, the oldest first; safe to run twice at once."""
    now = now or timezone.now()
    rules = (
        SettlementRule.objects.filter(is_active=True).select_related("region", "programme").prefetch_related("terms")
    )
    return [closing for rule in rules for closing in _close_due_of(rule, now)]


def _close_due_of(rule: SettlementRule, now: datetime) -> Iterator[Closing]:
    while (found := open_period(rule)) and found.ends_before + GRACE <= now:
        try:
            yield close_period(rule, found.period, now=now)
        except PeriodNotNext:
            # Somebody else is closing the same periods; the next round sees what is left.
            log.info("closing left to another", rule=str(rule.pk))
            return
