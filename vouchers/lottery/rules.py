"""What becomes of applications when more units are asked for than there are: four rules, one order.

A ticket is an application, or a household where members are drawn as one. Whichever rule holds, everybody gets
everything as long as there is enough.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from vouchers.lottery.order import in_order, key
from vouchers.lottery.sealed import Line, SealedList

Won = dict[tuple[str, str], int]
Asked = Mapping[str, int]


class Rule(StrEnum):
    """How units are given when too many are asked for."""

    WHOLE = "whole"
    REDUCED = "reduced"
    EVEN_CAP = "even_cap"
    TRIMMED = "trimmed"


class DrawBy(StrEnum):
    """What has one place in the order."""

    PERSON = "person"
    HOUSEHOLD = "household"


def draw(sealed: SealedList, seed: str) -> Won:
    """Units won by (number, unit), for every line of the list; the same for the same list and seed, for ever.

    Never more of a unit than its stock, and never more for a line than it asks for.
    """
    lines_of = _tickets(sealed)
    asked = {
        ticket: {unit: sum(line.asked for line in lines) for unit, lines in by_unit.items()}
        for ticket, by_unit in lines_of.items()
    }
    given = _give(sealed, asked, seed)
    won: Won = {}
    for ticket, by_unit in lines_of.items():
        for unit, lines in by_unit.items():
            won.update(_share(given.get((ticket, unit), 0), lines, seed))
    return won


def places(sealed: SealedList, seed: str) -> dict[str, int]:
    """Each application's place in the order, from 1; members of a household that is drawn as one share theirs.

    Empty for the rule that draws single units, in which nobody has one place.
    """
    if sealed.rule == Rule.TRIMMED:
        return {}
    lines_of = _tickets(sealed)
    return {
        line.number: place
        for place, ticket in enumerate(in_order(seed, lines_of), 1)
        for lines in lines_of[ticket].values()
        for line in lines
    }


def even_cap(asked: Iterable[int], stock: int) -> int:
    """The greatest L for which the sum of min(asked, L) is at most the stock; the largest wish if all fit."""
    left, cap = stock, 0
    wishes = sorted(asked)
    for at, wish in enumerate(wishes):
        share = left // (len(wishes) - at)
        if wish > share:
            return share
        left, cap = left - wish, wish
    return cap


def _tickets(sealed: SealedList) -> dict[str, dict[str, list[Line]]]:
    by_household = sealed.draw_by == DrawBy.HOUSEHOLD
    found: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in sealed.lines:
        found[(by_household and line.household) or line.number][line.unit].append(line)
    return found


def _give(sealed: SealedList, asked: Mapping[str, Asked], seed: str) -> Won:
    """Units by (ticket, unit)."""
    if sealed.rule == Rule.TRIMMED:
        return _by_unit(sealed, lambda unit: _trimmed(unit, asked, sealed.stock[unit], seed))
    order = in_order(seed, asked)
    if sealed.rule == Rule.WHOLE:
        return _whole(order, asked, sealed.stock)
    give = _reduced if sealed.rule == Rule.REDUCED else _evenly
    return _by_unit(sealed, lambda unit: give(unit, order, asked, sealed.stock[unit]))


def _by_unit(sealed: SealedList, give: Callable[[str], Won]) -> Won:
    given: Won = {}
    for unit in sealed.stock:
        given.update(give(unit))
    return given


def _whole(order: Sequence[str], asked: Mapping[str, Asked], stock: Mapping[str, int]) -> Won:
    """All that a ticket asks for, of every kind, or nothing; what is left goes to the next that it is enough for."""
    left, given = dict(stock), {}
    for ticket in order:
        wishes = asked[ticket]
        if all(left[unit] >= wish for unit, wish in wishes.items()):
            for unit, wish in wishes.items():
                left[unit] -= wish
                given[ticket, unit] = wish
    return given


def _reduced(unit: str, order: Sequence[str], asked: Mapping[str, Asked], stock: int) -> Won:
    """One after the other gets what it asks for; the last one gets what is left."""
    left, given = stock, {}
    for ticket in order:
        if not left:
            break
        if wish := asked[ticket].get(unit, 0):
            given[ticket, unit] = min(wish, left)
            left -= given[ticket, unit]
    return given


def _evenly(unit: str, order: Sequence[str], asked: Mapping[str, Asked], stock: int) -> Won:
    """Everybody's limit is lowered to the same; what remains goes one each, in lottery order."""
    wishes = {ticket: asked[ticket][unit] for ticket in order if unit in asked[ticket]}
    cap = even_cap(wishes.values(), stock)
    given = {(ticket, unit): min(wish, cap) for ticket, wish in wishes.items()}
    left = stock - sum(given.values())
    for ticket in [ticket for ticket, wish in wishes.items() if wish > cap][:left]:
        given[ticket, unit] += 1
    return given


def _trimmed(unit: str, asked: Mapping[str, Asked], stock: int, seed: str) -> Won:
    """Every single unit is drawn: the k-th of a ticket has a place of its own."""
    single = [
        (key(seed, f"{ticket}/{k}"), ticket) for ticket in asked for k in range(1, asked[ticket].get(unit, 0) + 1)
    ]
    given: Won = defaultdict(int)
    for _place, ticket in sorted(single)[:stock] if len(single) > stock else single:
        given[ticket, unit] += 1
    return given


def _share(units: int, lines: Sequence[Line], seed: str) -> Won:
    """A household's units to its members, one after the other in their own lottery order."""
    if len(lines) == 1:
        return {(lines[0].number, lines[0].unit): units}
    left, shares = units, {}
    for line in sorted(lines, key=lambda line: key(seed, line.number)):
        shares[line.number, line.unit] = min(line.asked, left)
        left -= shares[line.number, line.unit]
    return shares
