"""Which period of a rule is open, and when it may close."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from payments.models import Closing, SettlementRule
from payments.settlement.calendar import DAY, Roll, SettlementPeriod, next_period

# What was decided in the last minutes of a period is written before it closes by itself.
GRACE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Open:
    """The period that is open, and the instant (aware) at which the next one begins."""

    period: SettlementPeriod
    ends_before: datetime


def open_period(rule: SettlementRule) -> Open | None:
    """The rule's period after the last closing; None after its final one, or while it has no closing days."""
    terms = [row.term for row in rule.terms.all()]
    if not terms:
        return None
    period = next_period(terms, roll=Roll(rule.roll), first=first_day(rule), last_claim_on=rule.last_claim_on)
    return Open(period, ends_before(rule, period.last)) if period else None


def first_day(rule: SettlementRule) -> date:
    """The first day that no closing of the rule covers."""
    closed: date | None = (
        Closing.objects.filter(rule=rule).order_by("-last_on").values_list("last_on", flat=True).first()
    )
    return closed + DAY if closed else rule.begins_on


def ends_before(rule: SettlementRule, last: date) -> datetime:
    """The first instant after that day by the region's clocks."""
    return datetime.combine(last + DAY, time.min, tzinfo=rule.region.tz)


def late_period(rule: SettlementRule, *, today: date) -> SettlementPeriod | None:
    """For what came in after the last day to claim: everything until yesterday, paid as the next closing would be."""
    first, yesterday = first_day(rule), today - DAY
    if rule.last_claim_on is None or first <= rule.last_claim_on or first > yesterday:
        return None
    terms = [row.term for row in rule.terms.all()]
    regular = next_period(terms, roll=Roll(rule.roll), first=yesterday) if terms else None
    return SettlementPeriod(first, yesterday, regular.pay_on, is_final=True) if regular else None
