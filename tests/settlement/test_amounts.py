"""Fee, minimum and carry-over, to the yen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.settlement.amounts import FeeAndMinimum, settle

YEN = st.integers(0, 10**9)


def test_most_programmes_take_nothing() -> None:
    paid = settle(gross=12_345, refunds=-345, carried_in=0, terms=FeeAndMinimum())

    assert (paid.fee, paid.net, paid.carried_out) == (0, 12_000, 0)


def test_shunan_takes_three_per_cent_and_never_a_part_of_a_yen() -> None:
    paid = settle(gross=10_033, refunds=0, carried_in=0, terms=FeeAndMinimum(rate_bp=300))

    assert (paid.fee, paid.net) == (300, 9_733)
    assert paid.tax_in_fee == 27


def test_under_ten_thousand_is_carried_over_until_it_is_enough() -> None:
    terms = FeeAndMinimum(minimum=10_000)

    first = settle(gross=9_999, refunds=0, carried_in=0, terms=terms)
    second = settle(gross=1, refunds=0, carried_in=first.carried_out, terms=terms)

    assert (first.net, first.carried_out) == (0, 9_999)
    assert (second.net, second.carried_out) == (10_000, 0)


def test_the_final_period_pays_out_whatever_there_is() -> None:
    paid = settle(gross=0, refunds=0, carried_in=9_999, terms=FeeAndMinimum(minimum=10_000), is_final=True)

    assert (paid.net, paid.carried_out) == (9_999, 0)


@pytest.mark.parametrize("is_final", [False, True])
def test_a_refund_after_everything_was_paid_is_carried_as_a_debt(is_final: bool) -> None:
    owed = settle(gross=0, refunds=-500, carried_in=0, terms=FeeAndMinimum(), is_final=is_final)

    assert (owed.net, owed.carried_out) == (0, -500)


def test_a_refund_gives_its_share_of_the_fee_back() -> None:
    terms = FeeAndMinimum(rate_bp=300)
    paid = settle(gross=10_000, refunds=0, carried_in=0, terms=terms)
    owed = settle(gross=0, refunds=-10_000, carried_in=0, terms=terms)

    assert paid.net + owed.carried_out == 0


def test_the_fixed_fee_is_taken_once_something_is_paid_out() -> None:
    terms = FeeAndMinimum(fixed=440, minimum=1_000)

    waits = settle(gross=999, refunds=0, carried_in=0, terms=terms)
    paid = settle(gross=1, refunds=0, carried_in=waits.carried_out, terms=terms)

    assert (waits.fee, waits.carried_out) == (0, 999)
    assert (paid.fee, paid.net) == (440, 560)


@given(YEN, YEN, st.integers(-(10**6), 10**6), st.builds(FeeAndMinimum, st.integers(0, 3_000), YEN, YEN), st.booleans())
def test_no_yen_comes_or_goes(gross: int, refunds: int, carried: int, terms: FeeAndMinimum, is_final: bool) -> None:
    found = settle(gross=gross, refunds=-refunds, carried_in=carried, terms=terms, is_final=is_final)

    assert found.gross + found.refunds - found.fee + found.carried_in == found.net + found.carried_out
    assert found.net >= 0
    assert found.net == 0 or found.carried_out == 0
    assert abs(found.fee - terms.fixed * (found.net > 0)) <= abs(gross - refunds)
