"""How much a person is granted and until when, by rule instead of a column of a list.

Pure: a rule is a value read from the JSON that a programme keeps, and everything else comes in as arguments.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=StrEnum)

YEN_MAX = 10_000_000
AGE_MAX = 130
MONTHS_MAX = 60


class RuleProblem(Exception):
    """Base of what keeps a rule from being used."""


class RuleInvalid(RuleProblem):
    """The JSON is no rule; `where` names the entry."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


class FactMissing(RuleProblem):
    """The rule needs something that is not known of this person: `fact` is a column's name."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


class NotEntitled(RuleProblem):
    """By the rule this person gets nothing."""


class Amounts(StrEnum):
    """How the amount is found."""

    FIXED = "fixed"
    PER_CHILD = "per_child"
    BIRTH_ORDER = "birth_order"
    AGE = "age"


class Ends(StrEnum):
    """How the expiry is found."""

    PROGRAMME = "programme"
    DATE = "date"
    MONTHS = "months"
    BIRTHDAY = "birthday"


@dataclass(frozen=True, slots=True)
class Band:
    """Ages in full years on the basis date, both ends included, and what they get in yen."""

    age_from: int
    age_to: int
    yen: int


@dataclass(frozen=True, slots=True)
class GrantRule:
    """`yen`: one amount, or those of the first, second … child, of which the last goes for all that follow."""

    amounts: Amounts
    yen: tuple[int, ...] = ()
    bands: tuple[Band, ...] = ()
    ends: Ends = Ends.PROGRAMME
    ends_on: date | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What a list and the register say of whom the grant is for: the child's birth where there is one."""

    birth_on: date | None = None
    birth_order: int | None = None
    children: int | None = None


def parse_rule(data: Any) -> GrantRule:
    """Read `{"amount": {"kind": …}, "expiry": {"kind": …}}`; raise RuleInvalid.

    amount: `fixed` or `per_child` with `yen`; `birth_order` with `yen`, a list; `age` with `bands`, a list of
    `{"from", "to", "yen"}`. expiry: `programme`, `date` with `on`, `months` with `months`, `birthday` with `age`.
    """
    amount, expiry = _mapping(data, "amount"), _mapping(data, "expiry")
    amounts = _choice(Amounts, amount.get("kind"), "amount.kind")
    ends = _choice(Ends, expiry.get("kind"), "expiry.kind")
    return GrantRule(
        amounts=amounts,
        yen=() if amounts is Amounts.AGE else _yen(amount.get("yen"), many=amounts is Amounts.BIRTH_ORDER),
        bands=_bands(amount.get("bands")) if amounts is Amounts.AGE else (),
        ends=ends,
        ends_on=_date(expiry.get("on")) if ends is Ends.DATE else None,
        number=_number_of(ends, expiry),
    )


def rule_as_json(rule: GrantRule) -> dict[str, Any]:
    """What `parse_rule` reads back."""
    amount: dict[str, Any] = {"kind": str(rule.amounts)}
    if rule.amounts is Amounts.AGE:
        amount["bands"] = [{"from": band.age_from, "to": band.age_to, "yen": band.yen} for band in rule.bands]
    else:
        amount["yen"] = list(rule.yen) if rule.amounts is Amounts.BIRTH_ORDER else rule.yen[0]
    expiry: dict[str, Any] = {"kind": str(rule.ends)}
    if rule.ends_on:
        expiry["on"] = rule.ends_on.isoformat()
    if rule.ends in {Ends.MONTHS, Ends.BIRTHDAY}:
        expiry["months" if rule.ends is Ends.MONTHS else "age"] = rule.number
    return {"amount": amount, "expiry": expiry}


def amount_for(rule: GrantRule, facts: Facts, *, basis_on: date) -> int:
    """Yen that the rule grants; raise FactMissing or NotEntitled."""
    if rule.amounts is Amounts.FIXED:
        return rule.yen[0]
    if rule.amounts is Amounts.PER_CHILD:
        if not _known(facts.children, "children"):
            raise NotEntitled
        return rule.yen[0] * _known(facts.children, "children")
    if rule.amounts is Amounts.BIRTH_ORDER:
        order = _known(facts.birth_order, "birth_order")
        if order < 1:
            raise NotEntitled
        return rule.yen[min(order, len(rule.yen)) - 1]
    if facts.birth_on is None:
        raise FactMissing("birth_on")
    age = age_on(basis_on, facts.birth_on)
    for band in rule.bands:
        if band.age_from <= age <= band.age_to:
            return band.yen
    raise NotEntitled


def last_day_for(rule: GrantRule, facts: Facts, *, issued_on: date) -> date | None:
    """The last day of use; none: as the programme says. Raise FactMissing."""
    if rule.ends is Ends.PROGRAMME:
        return None
    if rule.ends is Ends.DATE:
        return rule.ends_on
    if rule.ends is Ends.MONTHS:
        return add_months(issued_on, rule.number) - timedelta(days=1)
    if facts.birth_on is None:
        raise FactMissing("birth_on")
    return birthday(facts.birth_on, rule.number) - timedelta(days=1)


def age_on(day: date, birth_on: date) -> int:
    """Full years on that day. Who was born on 29 February is a year older on 1 March of a common year.

    The law lets an age be reached at the end of the eve (年齢計算ニ関スル法律); cities count by birthdays.
    """
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def birthday(birth_on: date, age: int) -> date:
    """The day on which that age is reached."""
    year = birth_on.year + age
    if (birth_on.month, birth_on.day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return birth_on.replace(year=year)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the first of the month after where there is none."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    if day.day > monthrange(year, month)[1]:
        return date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, day.day)


def _known(value: int | None, fact: str) -> int:
    if value is None:
        raise FactMissing(fact)
    return value


def _mapping(data: Any, name: str) -> Mapping[str, Any]:
    found = data.get(name) if isinstance(data, Mapping) else None
    if not isinstance(found, Mapping):
        raise RuleInvalid(name)
    return found


def _choice(kinds: type[Kind], value: Any, where: str) -> Kind:
    try:
        return kinds(value)
    except ValueError as problem:
        raise RuleInvalid(where) from problem


def _whole(value: Any, where: str, *, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise RuleInvalid(where)
    return value


def _yen(value: Any, *, many: bool) -> tuple[int, ...]:
    entries = value if many else [value]
    if not isinstance(entries, list) or not entries:
        raise RuleInvalid("amount.yen")
    return tuple(_whole(entry, "amount.yen", least=1, most=YEN_MAX) for entry in entries)


def _bands(value: Any) -> tuple[Band, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(entry, Mapping) for entry in value):
        raise RuleInvalid("amount.bands")
    bands = [
        Band(
            _whole(entry.get("from"), "amount.bands", least=0, most=AGE_MAX),
            _whole(entry.get("to"), "amount.bands", least=0, most=AGE_MAX),
            _whole(entry.get("yen"), "amount.bands", least=1, most=YEN_MAX),
        )
        for entry in value
    ]
    bands.sort(key=lambda band: band.age_from)
    ends = [-1, *(band.age_to for band in bands)]
    if any(band.age_from > band.age_to or band.age_from <= before for band, before in zip(bands, ends, strict=False)):
        raise RuleInvalid("amount.bands")
    return tuple(bands)


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as problem:
        raise RuleInvalid("expiry.on") from problem


def _number_of(ends: Ends, expiry: Mapping[str, Any]) -> int:
    if ends is Ends.MONTHS:
        return _whole(expiry.get("months"), "expiry.months", least=1, most=MONTHS_MAX)
    if ends is Ends.BIRTHDAY:
        return _whole(expiry.get("age"), "expiry.age", least=1, most=AGE_MAX)
    return 0
