"""Who may apply and for how much: plain rules."""

from datetime import date

import pytest

from vouchers import errors
from vouchers.eligibility import Conditions, Group, Limits, Offer, Person, age_on, check_units, is_in, obstacle

BASIS = date(2026, 10, 1)
TODAY = date(2026, 11, 24)
OFFERS = {"common": Offer(5_000, 4), "local": Offer(5_000)}


@pytest.mark.parametrize(
    ("moved_out_on", "found"),
    [
        (None, None),
        (date(2026, 10, 2), None),
        (BASIS, errors.NotResidentOnBaseDate),
        (date(2020, 1, 1), errors.NotResidentOnBaseDate),
    ],
)
def test_the_base_date_decides_and_not_the_day_of_applying(moved_out_on: date | None, found: object) -> None:
    conditions = Conditions("basis_date", BASIS)

    assert obstacle(conditions, Person(moved_out_on=moved_out_on), on=TODAY) is found


def test_without_a_base_date_it_is_the_day_of_applying() -> None:
    conditions = Conditions("at_application")

    assert obstacle(conditions, Person(moved_out_on=TODAY), on=TODAY) is errors.MovedOut
    assert obstacle(conditions, Person(moved_out_on=date(2026, 11, 25)), on=TODAY) is None
    assert obstacle(Conditions("anybody"), Person(moved_out_on=date(2000, 1, 1)), on=TODAY) is None


@pytest.mark.parametrize(
    ("birth_on", "found"),
    [
        (date(2014, 10, 1), None),
        (date(2014, 10, 2), errors.AgeOutside),
        (None, errors.BirthDateUnknown),
    ],
)
def test_ages_are_those_of_the_base_date(birth_on: date | None, found: object) -> None:
    conditions = Conditions("basis_date", BASIS, age_from=12)

    assert obstacle(conditions, Person(birth_on=birth_on), on=TODAY) is found


def test_ages_are_full_years() -> None:
    assert age_on(date(2000, 2, 29), date(2026, 2, 28)) == 25
    assert age_on(date(2000, 2, 29), date(2026, 3, 1)) == 26


def test_frames_by_age_and_by_a_child_of_the_household() -> None:
    seniors, families = Group(age_from=65), Group(child_born_from=date(2020, 4, 2))

    assert is_in(seniors, Person(birth_on=date(1950, 1, 1)), on=TODAY)
    assert not is_in(seniors, Person(birth_on=date(1990, 1, 1)), on=TODAY)
    assert not is_in(seniors, Person(), on=TODAY)
    assert is_in(families, Person(youngest_born_on=date(2020, 4, 2)), on=TODAY)
    assert not is_in(families, Person(youngest_born_on=date(2020, 4, 1)), on=TODAY)
    assert not is_in(families, Person(), on=TODAY)


@pytest.mark.parametrize(
    ("asked", "limits", "problem"),
    [
        ({}, Limits(), errors.NothingAskedFor),
        ({"common": 0}, Limits(), errors.NothingAskedFor),
        ({"common": -1}, Limits(), errors.UnitsInvalid),
        ({"common": 10**12}, Limits(), errors.UnitsInvalid),
        ({"common": "2"}, Limits(), errors.UnitsInvalid),
        ({"common": 1.5}, Limits(), errors.UnitsInvalid),
        ({"common": True}, Limits(), errors.UnitsInvalid),
        ({"common": None}, Limits(), errors.UnitsInvalid),
        ({"gold": 1}, Limits(), errors.UnitUnknown),
        ({"common": 5}, Limits(), errors.KindLimitExceeded),
        ({"common": 4, "local": 5}, Limits(units=8), errors.UnitsLimitExceeded),
        ({"common": 4, "local": 1}, Limits(yen=20_000), errors.YenLimitExceeded),
    ],
)
def test_what_cannot_be_asked_for(asked: dict[str, object], limits: Limits, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        check_units(asked, OFFERS, limits)


def test_what_can_be_asked_for_up_to_every_limit() -> None:
    assert check_units({"common": 4, "local": 0}, OFFERS, Limits(units=4, yen=20_000)) == {"common": 4}
