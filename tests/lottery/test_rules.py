"""The four rules on their own, and against the script that anybody can run."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lottery.script import load_script
from vouchers.lottery.order import in_order
from vouchers.lottery.rules import DrawBy, Rule, draw, even_cap, places
from vouchers.lottery.sealed import Line, SealedList, sha256, write_list, write_result

SEED = "38915.87"
REDRAW = load_script()


def sealed(lines: Sequence[Line], rule: str, draw_by: str = "person", **stock: int) -> SealedList:
    return SealedList("kashima/2022", rule, draw_by, "日経平均株価の終値", "2026-12-01", stock, lines)


def many(count: int, *, seed: int = 1) -> list[Line]:
    """Applications for two kinds of unit, a third of them from households of several."""
    dice = random.Random(seed)
    lines = []
    for n in range(count):
        household = f"H-{dice.randrange(count // 3):06}" if dice.random() < 0.5 else ""
        units = dice.choice((["common"], ["local"], ["common", "local"]))
        lines += [Line(f"N{n:07}", unit, dice.randint(1, 4), household) for unit in units]
    return lines


@st.composite
def lists(draw_: st.DrawFn) -> SealedList:
    lines = []
    for n in range(draw_(st.integers(0, 12))):
        household = draw_(st.sampled_from(["", "H-1", "H-2", "H-3"]))
        units = draw_(st.sets(st.sampled_from(["a", "b"]), min_size=1))
        lines += [Line(f"N{n}", unit, draw_(st.integers(1, 9)), household) for unit in units]
    stock = {"a": draw_(st.integers(0, 40)), "b": draw_(st.integers(0, 40))}
    rule, draw_by = draw_(st.sampled_from(list(Rule))), draw_(st.sampled_from(list(DrawBy)))
    return sealed(lines, rule, draw_by, **stock)


@given(sealed=lists(), seed=st.text(min_size=1, max_size=20))
def test_never_more_than_the_stock_or_the_wish_and_all_of_it_where_there_is_enough(
    sealed: SealedList, seed: str
) -> None:
    won = draw(sealed, seed)

    asked = Counter(dict.fromkeys(sealed.stock, 0))
    for line in sealed.lines:
        asked[line.unit] += line.asked
        assert 0 <= won[line.number, line.unit] <= line.asked
    for unit, stock in sealed.stock.items():
        given_away = sum(units for (_number, of), units in won.items() if of == unit)
        assert given_away <= stock
        if sealed.rule != Rule.WHOLE:
            assert given_away == min(stock, asked[unit])
    if all(asked[unit] <= stock for unit, stock in sealed.stock.items()):
        assert all(won[line.number, line.unit] == line.asked for line in sealed.lines)


@given(sealed=lists(), seed=st.sampled_from([SEED, "0", "種"]))
def test_the_downloaded_script_has_the_same_winners(sealed: SealedList, seed: str) -> None:
    content = write_list(sealed)

    ours = write_result(sealed, list_sha256=sha256(content), seed=seed, won=draw(sealed, seed))

    assert REDRAW.result(content, seed) == ours


@pytest.mark.parametrize("draw_by", DrawBy)
@pytest.mark.parametrize("rule", Rule)
def test_and_for_twenty_thousand_applications(rule: Rule, draw_by: DrawBy) -> None:
    big = sealed(many(20_000), rule, draw_by, common=15_000, local=20_000)
    content = write_list(big)

    ours = write_result(big, list_sha256=sha256(content), seed=SEED, won=draw(big, SEED))

    assert REDRAW.result(content, SEED) == ours


@given(st.lists(st.integers(1, 50), max_size=30), st.integers(0, 400))
def test_the_even_cap_is_the_greatest_that_fits(asked: list[int], stock: int) -> None:
    cap = even_cap(asked, stock)

    assert sum(min(wish, cap) for wish in asked) <= stock
    if cap < max(asked, default=0):
        assert sum(min(wish, cap + 1) for wish in asked) > stock


def test_whole_applications_win_all_or_nothing_over_all_kinds() -> None:
    lines = many(300)

    won = draw(sealed(lines, Rule.WHOLE, common=100, local=400), SEED)

    outcomes = defaultdict(set)
    for line in lines:
        outcomes[line.number].add(won[line.number, line.unit] == line.asked)
        assert won[line.number, line.unit] in (0, line.asked)
    assert all(len(found) == 1 for found in outcomes.values())


def test_only_the_last_winner_is_reduced() -> None:
    lines = [Line(f"N{n}", "common", 3) for n in range(10)]

    won = draw(sealed(lines, Rule.REDUCED, common=10), SEED)

    order = in_order(SEED, [line.number for line in lines])
    assert [won[number, "common"] for number in order] == [3, 3, 3, 1, 0, 0, 0, 0, 0, 0]


def test_what_an_even_cap_leaves_goes_one_each_in_order() -> None:
    lines = [Line("A", "u", 1), *(Line(f"N{n}", "u", 5) for n in range(4))]

    won = draw(sealed(lines, Rule.EVEN_CAP, u=11), SEED)

    order = in_order(SEED, [f"N{n}" for n in range(4)])
    assert won["A", "u"] == 1
    assert [won[number, "u"] for number in order] == [3, 3, 2, 2]


def test_a_household_is_one_ticket() -> None:
    lines = [Line("A", "u", 2, "H-1"), Line("B", "u", 2, "H-1"), Line("C", "u", 2), Line("D", "u", 2)]

    for seed in map(str, range(40)):
        won = draw(sealed(lines, Rule.WHOLE, DrawBy.HOUSEHOLD, u=4), seed)
        family = {won["A", "u"], won["B", "u"]}
        assert len(family) == 1
        assert places(sealed(lines, Rule.WHOLE, DrawBy.HOUSEHOLD, u=4), seed)["A"] <= 3


@settings(max_examples=20)
@given(st.permutations(many(12)))
def test_the_order_in_which_applications_came_does_not_matter(lines: list[Line]) -> None:
    for rule in Rule:
        assert draw(sealed(lines, rule, common=5, local=5), SEED) == draw(
            sealed(many(12), rule, common=5, local=5), SEED
        )


def test_every_place_in_the_order_is_as_likely_as_any_other() -> None:
    lines = [Line(f"N{n}", "u", 1) for n in range(4)]

    wins = Counter[str]()
    for seed in range(4_000):
        won = draw(sealed(lines, Rule.REDUCED, u=1), str(seed))
        wins.update(number for (number, _unit), units in won.items() if units)

    assert all(880 < count < 1_120 for count in wins.values())
