"""Large and small shops, by the definitions that cities have published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.size_rule import HeadOffice, Reason, Rule, Shop, Size, judge, missing

CITY, PREFECTURE, ELSEWHERE = HeadOffice.CITY, HeadOffice.PREFECTURE, HeadOffice.ELSEWHERE
S, L = Size.SMALL, Size.LARGE

NARITA = Rule(area_from=500, tenants_are_large=True)
KASAMA = Rule(area_from=500)
INA = Rule(area_from=1_001)
HATSUKAICHI = Rule(area_from=1_001, tenants_are_large=True)
HIROSHIMA = Rule(area_from=1_001, capital_over=50_000_000)
YOTSUKAIDO = Rule(area_from=2_001)
TAMANA = Rule(local_head_office=CITY, distant_is_large=True)
HYUGA = Rule(local_head_office=PREFECTURE, distant_is_large=True)


@pytest.mark.parametrize(
    ("rule", "shop", "size", "reason"),
    [
        (NARITA, Shop(499), S, Reason.NOTHING_LARGE),
        (NARITA, Shop(500), L, Reason.FLOOR_AREA),
        (NARITA, Shop(20, in_large_store=True), L, Reason.IN_LARGE_STORE),
        (KASAMA, Shop(499), S, Reason.NOTHING_LARGE),
        (KASAMA, Shop(500), L, Reason.FLOOR_AREA),
        (KASAMA, Shop(20, in_large_store=True), S, Reason.NOTHING_LARGE),
        (INA, Shop(1_000), S, Reason.NOTHING_LARGE),
        (INA, Shop(1_001), L, Reason.FLOOR_AREA),
        (HATSUKAICHI, Shop(1_000), S, Reason.NOTHING_LARGE),
        (HATSUKAICHI, Shop(1_001), L, Reason.FLOOR_AREA),
        (HATSUKAICHI, Shop(15, in_large_store=True), L, Reason.IN_LARGE_STORE),
        (HIROSHIMA, Shop(80, capital=50_000_000), S, Reason.NOTHING_LARGE),
        (HIROSHIMA, Shop(80, capital=50_000_001), L, Reason.CAPITAL),
        (HIROSHIMA, Shop(1_001, capital=0), L, Reason.FLOOR_AREA),
        (YOTSUKAIDO, Shop(2_000), S, Reason.NOTHING_LARGE),
        (YOTSUKAIDO, Shop(2_001), L, Reason.FLOOR_AREA),
        (TAMANA, Shop(5_000, head_office=CITY), S, Reason.LOCAL_HEAD_OFFICE),
        (TAMANA, Shop(30, head_office=PREFECTURE), L, Reason.DISTANT_HEAD_OFFICE),
        (TAMANA, Shop(30, head_office=ELSEWHERE), L, Reason.DISTANT_HEAD_OFFICE),
        (HYUGA, Shop(30, head_office=CITY), S, Reason.LOCAL_HEAD_OFFICE),
        (HYUGA, Shop(5_000, head_office=PREFECTURE), S, Reason.LOCAL_HEAD_OFFICE),
        (HYUGA, Shop(30, head_office=ELSEWHERE), L, Reason.DISTANT_HEAD_OFFICE),
    ],
)
def test_a_shop_has_the_size_that_its_city_published(rule: Rule, shop: Shop, size: Size, reason: Reason) -> None:
    verdict = judge(rule, shop)

    assert (verdict.size, verdict.reason) == (size, reason)


@pytest.mark.parametrize(
    ("rule", "shop", "unknown"),
    [
        (INA, Shop(), {"floor_area"}),
        (HIROSHIMA, Shop(30), {"capital"}),
        (TAMANA, Shop(30), {"head_office"}),
        (Rule(), Shop(), set()),
    ],
)
def test_what_nobody_has_said_is_named_and_makes_nobody_large(rule: Rule, shop: Shop, unknown: set[str]) -> None:
    assert missing(rule, shop) == unknown
    assert judge(rule, shop).size is S
    assert (judge(rule, shop).reason is Reason.NOT_KNOWN) == bool(unknown)


@given(st.integers(1, 100_000), st.integers(0, 100_000), st.booleans(), st.sampled_from(HeadOffice))
def test_a_larger_shop_is_never_smaller(area: int, more: int, tenant: bool, head_office: HeadOffice) -> None:
    for rule in (NARITA, KASAMA, INA, HATSUKAICHI, HIROSHIMA, YOTSUKAIDO, TAMANA, HYUGA):
        smaller, larger = (Shop(a, tenant, head_office, capital=0) for a in (area, area + more))

        assert not (judge(rule, smaller).size is L and judge(rule, larger).size is S)
