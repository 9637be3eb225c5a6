"""Yen shared out: none lost, none invented, nobody more than a yen from the exact share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.funding import fund, split

WEIGHTS = st.dictionaries(st.sampled_from(("resident", "state", "prefecture", "city", "other")), st.integers(0, 10**7))


@given(amount=st.integers(0, 10**9), weights=WEIGHTS)
def test_shares_add_up_and_are_within_a_yen_of_the_exact_ones(amount: int, weights: dict[str, int]) -> None:
    total = sum(weights.values())
    if amount and not total:
        with pytest.raises(ValueError, match="nobody"):
            split(amount, weights)
        return

    shares = split(amount, weights)

    assert sum(shares.values()) == amount
    assert shares.keys() == weights.keys()
    assert all(abs(share * total - amount * weights[key]) < max(total, 1) for key, share in shares.items())
    if amount <= total:
        assert all(share <= weights[key] for key, share in shares.items())
    if amount == total:
        assert shares == weights


def test_the_yen_left_over_go_to_the_largest_remainders() -> None:
    # 10 per cent of the city's and 5 of the prefecture's, on 1,501 yen: 1,000.67 and 500.33.
    assert split(1_501, {"city": 10, "prefecture": 5}) == {"city": 1_001, "prefecture": 500}
    # Equal remainders: the first one listed.
    assert split(2, {"state": 1, "prefecture": 1, "city": 1}) == {"state": 1, "prefecture": 1, "city": 0}


@pytest.mark.parametrize("weights", [{"state": -1, "city": 5}, {}])
def test_nonsense_is_refused(weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"negative|nobody"):
        split(1, weights)
    with pytest.raises(ValueError, match="negative"):
        split(-1, {"city": 1})


def test_the_price_is_the_residents_and_the_premium_is_shared_out() -> None:
    shares = {"state": 1_000, "city": 500}

    assert fund(face=6_500, price_part=5_000, resident="resident", shares=shares) == {
        "resident": 5_000,
        "state": 1_000,
        "city": 500,
    }
    assert fund(face=5_000, price_part=0, resident="resident", shares={"city": 1}) == {"city": 5_000}
    with pytest.raises(ValueError, match="negative"):
        fund(face=5_000, price_part=5_001, resident="resident", shares=shares)
