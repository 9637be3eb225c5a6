"""What a large shop is, as each programme defines it: a pure rule over what is known of a shop.

Cities define it by floor area (500 m² and more; more than 1,000 m²), by capital, by standing inside a large
store whatever the trade, or by where the head office is. All of these can be said with one rule.
"""

from dataclasses import dataclass
from enum import StrEnum


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class HeadOffice(StrEnum):
    """Where the head office of the business is, seen from the city."""

    CITY = "city"
    PREFECTURE = "prefecture"
    ELSEWHERE = "elsewhere"
    UNKNOWN = ""


class Reason(StrEnum):
    """Which part of the rule decided."""

    LOCAL_HEAD_OFFICE = "local_head_office"
    DISTANT_HEAD_OFFICE = "distant_head_office"
    IN_LARGE_STORE = "in_large_store"
    FLOOR_AREA = "floor_area"
    CAPITAL = "capital"
    NOTHING_LARGE = "nothing_large"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Shop:
    """What a rule may ask of a shop: square metres, yen, and where things are. None or UNKNOWN: nobody has said."""

    floor_area: int | None = None
    in_large_store: bool = False
    head_office: HeadOffice = HeadOffice.UNKNOWN
    capital: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A programme's definition. What is None or False plays no part.

    `area_from` is the first square metre that is large: 500 for "500 m² or more", 1,001 for "more than
    1,000 m²". `capital_over` is in yen and itself still small. `local_head_office` names the head offices
    (in the city; in the city or its prefecture) that make a shop small whatever else it is;
    `distant_is_large` makes every other shop large.
    """

    area_from: int | None = None
    capital_over: int | None = None
    tenants_are_large: bool = False
    local_head_office: HeadOffice = HeadOffice.UNKNOWN
    distant_is_large: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The size, and the part of the rule that decided it."""

    size: Size
    reason: Reason


# What a list of stores is measured by where a programme has no rule: most cities publish "more than 1,000 m²".
USUAL = Rule(area_from=1_001)

_LOCAL = {
    HeadOffice.CITY: frozenset({HeadOffice.CITY}),
    HeadOffice.PREFECTURE: frozenset({HeadOffice.CITY, HeadOffice.PREFECTURE}),
}


def judge(rule: Rule, shop: Shop) -> Verdict:
    """The shop's size by the rule; small with NOT_KNOWN where the rule asks what nobody has said."""
    local = _LOCAL.get(rule.local_head_office, frozenset())
    if shop.head_office in local:
        return Verdict(Size.SMALL, Reason.LOCAL_HEAD_OFFICE)
    if rule.tenants_are_large and shop.in_large_store:
        return Verdict(Size.LARGE, Reason.IN_LARGE_STORE)
    if rule.area_from is not None and shop.floor_area is not None and shop.floor_area >= rule.area_from:
        return Verdict(Size.LARGE, Reason.FLOOR_AREA)
    if rule.capital_over is not None and shop.capital is not None and shop.capital > rule.capital_over:
        return Verdict(Size.LARGE, Reason.CAPITAL)
    if local and rule.distant_is_large and shop.head_office is not HeadOffice.UNKNOWN:
        return Verdict(Size.LARGE, Reason.DISTANT_HEAD_OFFICE)
    return Verdict(Size.SMALL, Reason.NOT_KNOWN if missing(rule, shop) else Reason.NOTHING_LARGE)


def missing(rule: Rule, shop: Shop) -> frozenset[str]:
    """The names of what the rule asks and nobody has said: `floor_area`, `capital`, `head_office`."""
    asked = {
        "floor_area": rule.area_from is not None and shop.floor_area is None,
        "capital": rule.capital_over is not None and shop.capital is None,
        "head_office": rule.local_head_office is not HeadOffice.UNKNOWN and shop.head_office is HeadOffice.UNKNOWN,
    }
    return frozenset(name for name, is_missing in asked.items() if is_missing)
