"""When a period closes and when it is paid: days of the month, rolled over days on which banks are closed.

Pure: dates in, dates out. A closing day of 31 is the end of every month, and a 29th, 30th or 31st that a month
does not have is its last day.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import jpholiday

END_OF_MONTH = 31
DAY = timedelta(days=1)


class Roll(StrEnum):
    """Where a pay day goes that is no business day."""

    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Term:
    """One closing day of a month and its pay day: `pay_day` so many months later, or so many days later."""

    closing_day: int
    pay_months_later: int = 0
    pay_day: int | None = None
    pay_days_later: int | None = None


@dataclass(frozen=True, slots=True)
class SettlementPeriod:
    """Whole days from `first` to `last`, paid on `pay_on`. The final one is followed by no other."""

    first: date
    last: date
    pay_on: date
    is_final: bool = False


def is_business_day(day: date) -> bool:
    """Whether banks move money: no Saturday, Sunday or holiday, and not 31 December to 3 January.

    Bank holidays are those of the Banking Act's Order, article 5: the national holidays and the turn of the year.
    """
    turn_of_the_year = (day.month, day.day) in {(12, 31), (1, 1), (1, 2), (1, 3)}
    return day.weekday() < 5 and not turn_of_the_year and not jpholiday.is_holiday(day)


def rolled(day: date, roll: Roll) -> date:
    """The day itself if it is a business day, else the next or the previous one that is."""
    step = DAY if roll is Roll.NEXT else -DAY
    while not is_business_day(day):
        day += step
    return day


def day_of_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def pay_day(closing_on: date, term: Term, roll: Roll) -> date:
    """The business day on which what closes then is paid; never the closing day or one before it."""
    if term.pay_days_later is not None:
        due = closing_on + timedelta(days=term.pay_days_later)
    else:
        months = closing_on.year * 12 + closing_on.month - 1 + term.pay_months_later
        due = day_of_month(months // 12, months % 12 + 1, term.pay_day or END_OF_MONTH)
    pay_on = rolled(due, roll)
    return pay_on if pay_on > closing_on else rolled(max(due, closing_on + DAY), Roll.NEXT)


def next_closing(terms: Iterable[Term], not_before: date) -> tuple[date, Term]:
    """The first closing day on or after that day, with the term that it belongs to. Needs at least one term."""
    year, month = not_before.year, not_before.month
    following = (year + month // 12, month % 12 + 1)
    candidates = [
        (day_of_month(*months, term.closing_day), term) for term in terms for months in ((year, month), following)
    ]
    return min(
        (found for found in candidates if found[0] >= not_before), key=lambda found: (found[0], found[1].closing_day)
    )


def next_period(
    terms: Iterable[Term], *, roll: Roll, first: date, last_claim_on: date | None = None
) -> SettlementPeriod | None:
    """The period that begins on `first`; None after the last day to claim, which ends the final period.

    What the final period holds is paid when the closing that it came before would have been.
    """
    if last_claim_on is not None and first > last_claim_on:
        return None
    closing_on, term = next_closing(terms, first)
    last = closing_on if last_claim_on is None else min(closing_on, last_claim_on)
    return SettlementPeriod(first, last, pay_day(closing_on, term, roll), is_final=last == last_claim_on)


def periods(
    terms: Iterable[Term], *, roll: Roll, first: date, last_claim_on: date | None = None
) -> Iterator[SettlementPeriod]:
    """One period after the other, each beginning on the day after the last; endless without a last day to claim."""
    terms = tuple(terms)
    following = next_period(terms, roll=roll, first=first, last_claim_on=last_claim_on)
    while following:
        yield following
        following = next_period(terms, roll=roll, first=following.last + DAY, last_claim_on=last_claim_on)
