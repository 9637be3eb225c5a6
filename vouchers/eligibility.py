"""Who may apply, and for what: rules over plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vouchers.errors import (
    AgeOutside,
    BirthDateUnknown,
    KindLimitExceeded,
    MovedOut,
    NotEligible,
    NothingAskedFor,
    NotResidentOnBaseDate,
    UnitsInvalid,
    UnitsLimitExceeded,
    UnitUnknown,
    YenLimitExceeded,
)

UNITS_AT_MOST = 10_000


class Residence(StrEnum):
    BASIS_DATE = "basis_date"
    AT_APPLICATION = "at_application"
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class Person:
    """What the list of residents says of a person; `youngest_born_on` is of the whole household."""

    birth_on: date | None = None
    moved_out_on: date | None = None
    youngest_born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a programme asks of people; ages are full years, both ends included."""

    residence: str
    basis_on: date | None = None
    age_from: int | None = None
    age_to: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A frame: by age, by the birth of a child in the household, or both."""

    age_from: int | None = None
    age_to: int | None = None
    child_born_from: date | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of unit that the person may ask for: its price in yen, and the most that one person may have."""

    price: int
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one person may ask for in a programme: in units, and in yen of the price."""

    units: int | None = None
    yen: int | None = None


def obstacle(conditions: Conditions, person: Person, *, on: date) -> type[NotEligible] | None:
    """Why the person may not apply on a day, as the error that says so, or None.

    Somebody who moves out is a resident until the day before. Ages are those of the base date if there is one:
    everybody's is the same then, whenever they apply.
    """
    if conditions.residence != Residence.ANYBODY and person.moved_out_on:
        by_basis = conditions.residence == Residence.BASIS_DATE and conditions.basis_on
        if person.moved_out_on <= (by_basis or on):
            return NotResidentOnBaseDate if by_basis else MovedOut
    if conditions.age_from is None and conditions.age_to is None:
        return None
    if person.birth_on is None:
        return BirthDateUnknown
    age = age_on(person.birth_on, conditions.basis_on or on)
    return None if _within(age, conditions.age_from, conditions.age_to) else AgeOutside


def is_in(group: Group, person: Person, *, on: date) -> bool:
    """Whether the person belongs to a frame on a day; whoever's birth is not known does not by age."""
    asks_for_age = group.age_from is not None or group.age_to is not None
    if asks_for_age and (
        person.birth_on is None or not _within(age_on(person.birth_on, on), group.age_from, group.age_to)
    ):
        return False
    if group.child_born_from is None:
        return True
    return person.youngest_born_on is not None and person.youngest_born_on >= group.child_born_from


def age_on(birth_on: date, day: date) -> int:
    """Full years. Who is born on 29 February is a year older on 1 March of other years.

    The law counts a year as full at the end of the day before the birthday (年齢計算ニ関する法律); cities' notices
    name the birthday, and so do we.
    """
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def check_units(asked: Mapping[str, object], offers: Mapping[str, Offer], limits: Limits) -> dict[str, int]:
    """The units asked for by kind, zeros left out.

    Raise UnitUnknown for a kind that is not offered to the person, UnitsInvalid for what is no number of units,
    NothingAskedFor, or one of the LimitExceeded.
    """
    wanted: dict[str, int] = {}
    for kind, units in asked.items():
        if kind not in offers:
            raise UnitUnknown(kind)
        if isinstance(units, bool) or not isinstance(units, int) or not 0 <= units <= UNITS_AT_MOST:
            raise UnitsInvalid
        limit = offers[kind].limit
        if limit is not None and units > limit:
            raise KindLimitExceeded(limit=limit)
        if units:
            wanted[kind] = units
    if not wanted:
        raise NothingAskedFor
    if limits.units is not None and sum(wanted.values()) > limits.units:
        raise UnitsLimitExceeded(limit=limits.units)
    if limits.yen is not None and price_of(wanted, offers) > limits.yen:
        raise YenLimitExceeded(limit=limits.yen)
    return wanted


def price_of(wanted: Mapping[str, int], offers: Mapping[str, Offer]) -> int:
    """Yen that the units cost together."""
    return sum(units * offers[kind].price for kind, units in wanted.items())


def _within(value: int, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)
