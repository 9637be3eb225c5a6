"""What a rule grants, and until when: the rules that cities have published, and their edges."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.grants.rules import (
    FactMissing,
    Facts,
    NotEntitled,
    RuleInvalid,
    add_months,
    age_on,
    amount_for,
    birthday,
    last_day_for,
    parse_rule,
    rule_as_json,
)

BASIS = date(2026, 4, 1)
TONAMI = {
    "amount": {"kind": "birth_order", "yen": [10_000, 10_000, 30_000]},
    "expiry": {"kind": "birthday", "age": 3},
}
AGES = {
    "amount": {"kind": "age", "bands": [{"from": 19, "to": 64, "yen": 10_000}, {"from": 0, "to": 5, "yen": 5_000}]},
    "expiry": {"kind": "months", "months": 6},
}
FIXED = {"amount": {"kind": "fixed", "yen": 3_000}, "expiry": {"kind": "date", "on": "2026-12-31"}}
PER_CHILD = {"amount": {"kind": "per_child", "yen": 50_000}, "expiry": {"kind": "programme"}}


@pytest.mark.parametrize(("order", "yen"), [(1, 10_000), (2, 10_000), (3, 30_000), (4, 30_000)])
def test_by_birth_order_the_last_amount_goes_for_all_that_follow(order: int, yen: int) -> None:
    assert amount_for(parse_rule(TONAMI), Facts(birth_order=order), basis_on=BASIS) == yen


@pytest.mark.parametrize(
    ("birth_on", "yen"),
    [
        (date(2007, 4, 1), 10_000),
        (date(1961, 4, 2), 10_000),
        (date(2020, 4, 2), 5_000),
        (date(2026, 4, 1), 5_000),
        (date(2007, 4, 2), 0),
        (date(1961, 4, 1), 0),
        (date(2020, 4, 1), 0),
    ],
)
def test_by_age_on_the_basis_date(birth_on: date, yen: int) -> None:
    rule = parse_rule(AGES)
    if yen:
        assert amount_for(rule, Facts(birth_on=birth_on), basis_on=BASIS) == yen
    else:
        with pytest.raises(NotEntitled):
            amount_for(rule, Facts(birth_on=birth_on), basis_on=BASIS)


def test_by_the_number_of_children_and_fixed() -> None:
    assert amount_for(parse_rule(PER_CHILD), Facts(children=3), basis_on=BASIS) == 150_000
    assert amount_for(parse_rule(FIXED), Facts(), basis_on=BASIS) == 3_000
    with pytest.raises(NotEntitled):
        amount_for(parse_rule(PER_CHILD), Facts(children=0), basis_on=BASIS)


@pytest.mark.parametrize(("rule", "fact"), [(TONAMI, "birth_order"), (PER_CHILD, "children"), (AGES, "birth_on")])
def test_what_is_not_known_is_named(rule: dict[str, Any], fact: str) -> None:
    with pytest.raises(FactMissing) as missing:
        amount_for(parse_rule(rule), Facts(), basis_on=BASIS)
    assert missing.value.fact == fact


@pytest.mark.parametrize(
    ("birth_on", "last_day"),
    [
        (date(2025, 6, 15), date(2028, 6, 14)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2025, 1, 1), date(2027, 12, 31)),
    ],
)
def test_valid_to_the_day_before_the_third_birthday(birth_on: date, last_day: date) -> None:
    assert last_day_for(parse_rule(TONAMI), Facts(birth_on=birth_on), issued_on=BASIS) == last_day


def test_other_expiries() -> None:
    assert last_day_for(parse_rule(FIXED), Facts(), issued_on=BASIS) == date(2026, 12, 31)
    assert last_day_for(parse_rule(AGES), Facts(), issued_on=date(2026, 8, 31)) == date(2027, 2, 28)
    assert last_day_for(parse_rule(AGES), Facts(), issued_on=date(2026, 4, 1)) == date(2026, 9, 30)
    assert last_day_for(parse_rule(PER_CHILD), Facts(), issued_on=BASIS) is None


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 90))
def test_on_a_birthday_one_is_a_year_older_than_on_its_eve(birth_on: date, age: int) -> None:
    day = birthday(birth_on, age)

    assert age_on(day, birth_on) == age
    assert age_on(date.fromordinal(day.toordinal() - 1), birth_on) == age - 1


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
def test_months_after_a_day_never_run_backwards(day: date, months: int) -> None:
    later = add_months(day, months)

    assert add_months(day, months - 1) <= later
    assert later.day in {day.day, 1}


@pytest.mark.parametrize("rule", [TONAMI, AGES, FIXED, PER_CHILD])
def test_a_rule_is_read_back_as_it_was_written(rule: dict[str, Any]) -> None:
    parsed = parse_rule(rule)

    assert parse_rule(rule_as_json(parsed)) == parsed


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        (None, "amount"),
        ({"amount": {}}, "expiry"),
        ({"amount": {"kind": "gift"}, "expiry": {"kind": "programme"}}, "amount.kind"),
        ({"amount": {"kind": "fixed", "yen": -1}, "expiry": {"kind": "programme"}}, "amount.yen"),
        ({"amount": {"kind": "fixed", "yen": 1.5}, "expiry": {"kind": "programme"}}, "amount.yen"),
        ({"amount": {"kind": "fixed", "yen": True}, "expiry": {"kind": "programme"}}, "amount.yen"),
        ({"amount": {"kind": "birth_order", "yen": []}, "expiry": {"kind": "programme"}}, "amount.yen"),
        (
            {
                "amount": {"kind": "age", "bands": [{"from": 0, "to": 5, "yen": 1}, {"from": 5, "to": 9, "yen": 1}]},
                "expiry": {"kind": "programme"},
            },
            "amount.bands",
        ),
        ({"amount": {"kind": "fixed", "yen": 1}, "expiry": {"kind": "date", "on": "令和8年"}}, "expiry.on"),
        ({"amount": {"kind": "fixed", "yen": 1}, "expiry": {"kind": "birthday"}}, "expiry.age"),
    ],
)
def test_what_is_no_rule_is_refused_by_name(rule: Any, where: str) -> None:
    with pytest.raises(RuleInvalid) as invalid:
        parse_rule(rule)
    assert invalid.value.where == where
