"""Closing days and pay days as real cities publish them, over holidays, golden week and the turn of the year."""

from datetime import date
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.settlement.calendar import (
    END_OF_MONTH,
    Roll,
    SettlementPeriod,
    Term,
    is_business_day,
    next_period,
    pay_day,
    periods,
    rolled,
)

# 1–15 is paid at the end of the month, the rest on the 15th of the next.
TENRI = (
    Term(15, pay_months_later=0, pay_day=END_OF_MONTH),
    Term(END_OF_MONTH, pay_months_later=1, pay_day=15),
)
# About twice a month, ten days later.
ATSUGI = (Term(10, pay_days_later=10), Term(25, pay_days_later=10))
# Paid on the 7th, the 17th and the 27th, the day before if the banks are closed.
SHUNAN = (Term(END_OF_MONTH, 1, 7), Term(10, 0, 17), Term(20, 0, 27))


def days(found: list[SettlementPeriod]) -> list[tuple[str, str, str]]:
    return [(f"{p.first:%m-%d}", f"{p.last:%m-%d}", f"{p.pay_on:%m-%d}") for p in found]


def test_tenri_over_golden_week_and_the_turn_of_the_year() -> None:
    spring = periods(TENRI, roll=Roll.NEXT, first=date(2026, 4, 1))
    winter = periods(TENRI, roll=Roll.NEXT, first=date(2026, 12, 1))

    assert days(list(islice(spring, 4))) == [
        ("04-01", "04-15", "04-30"),
        ("04-16", "04-30", "05-15"),
        ("05-01", "05-15", "06-01"),  # 31 May is a Sunday
        ("05-16", "05-31", "06-15"),
    ]
    assert days(list(islice(winter, 2))) == [
        ("12-01", "12-15", "01-04"),  # 31 December to 3 January the banks are closed
        ("12-16", "12-31", "01-15"),
    ]


def test_atsugi_pays_ten_days_after_each_closing() -> None:
    found = periods(ATSUGI, roll=Roll.NEXT, first=date(2026, 4, 11))

    assert days(list(islice(found, 3))) == [
        ("04-11", "04-25", "05-07"),  # 5 May and the two days about it are holidays
        ("04-26", "05-10", "05-20"),
        ("05-11", "05-25", "06-04"),
    ]


def test_shunan_pays_on_the_day_before_a_holiday() -> None:
    found = periods(SHUNAN, roll=Roll.PREVIOUS, first=date(2026, 5, 1))

    assert days(list(islice(found, 4))) == [
        ("05-01", "05-10", "05-15"),  # the 17th is a Sunday
        ("05-11", "05-20", "05-27"),
        ("05-21", "05-31", "06-05"),  # the 7th is a Sunday
        ("06-01", "06-10", "06-17"),
    ]


def test_iseharas_last_day_to_claim_ends_the_final_period() -> None:
    found = list(periods(TENRI, roll=Roll.NEXT, first=date(2026, 1, 16), last_claim_on=date(2026, 2, 5)))

    assert found == [
        SettlementPeriod(date(2026, 1, 16), date(2026, 1, 31), date(2026, 2, 16)),
        SettlementPeriod(date(2026, 2, 1), date(2026, 2, 5), date(2026, 3, 2), is_final=True),
    ]
    assert next_period(TENRI, roll=Roll.NEXT, first=date(2026, 2, 6), last_claim_on=date(2026, 2, 5)) is None


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 5, 1), True),
        (date(2026, 5, 4), False),
        (date(2026, 5, 6), False),  # a holiday in lieu
        (date(2026, 9, 22), False),  # between two holidays
        (date(2025, 12, 30), True),
        (date(2025, 12, 31), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 5), True),
        (date(2026, 8, 14), True),  # many shops rest, the banks do not
    ],
)
def test_banks_are_open_or_closed(day: date, is_open: bool) -> None:
    assert is_business_day(day) is is_open


def test_the_end_of_february_is_an_end_of_month() -> None:
    found = periods((Term(30, pay_days_later=5),), roll=Roll.NEXT, first=date(2028, 2, 1))

    assert days(list(islice(found, 2))) == [("02-01", "02-29", "03-06"), ("03-01", "03-30", "04-04")]


def test_rolling_back_never_pays_before_what_is_paid_has_closed() -> None:
    friday_before_golden_week = date(2026, 5, 1)

    assert pay_day(friday_before_golden_week, Term(1, pay_days_later=1), Roll.PREVIOUS) == date(2026, 5, 7)


TERMS = st.lists(
    st.builds(Term, st.integers(1, 31), st.integers(1, 2), st.integers(1, 31)), min_size=1, max_size=4, unique=True
)


@given(TERMS, st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.sampled_from(Roll))
def test_periods_leave_no_day_out_and_are_paid_on_business_days_after_them(
    terms: list[Term], first: date, roll: Roll
) -> None:
    found = list(islice(periods(terms, roll=roll, first=first), 12))

    assert found[0].first == first
    for period, following in pairwise(found):
        assert (following.first - period.last).days == 1
    for period in found:
        assert period.first <= period.last < period.pay_on
        assert is_business_day(period.pay_on)


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_rolling_goes_to_the_nearest_business_day_of_its_direction(day: date) -> None:
    later, earlier = rolled(day, Roll.NEXT), rolled(day, Roll.PREVIOUS)

    assert earlier <= day <= later
    assert is_business_day(later)
    assert is_business_day(earlier)
    if is_business_day(day):
        assert earlier == day == later
