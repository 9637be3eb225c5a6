"""What of a period a store is paid: fee, what was carried over, and the minimum. Pure: yen in, yen out."""

from dataclasses import dataclass

WHOLE = 10_000
# A fee includes the consumption tax: ten of every hundred and ten yen.
TAX_NUMERATOR, TAX_DENOMINATOR = 10, 110


@dataclass(frozen=True, slots=True)
class FeeAndMinimum:
    """Basis points of what was turned over, whole yen per pay-out, and yen below which nothing is paid out."""

    rate_bp: int = 0
    fixed: int = 0
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Amounts:
    """gross + refunds − fee + carried_in = net + carried_out, of which one is zero. `refunds` is never positive."""

    gross: int
    refunds: int
    fee: int
    carried_in: int
    net: int
    carried_out: int

    @property
    def tax_in_fee(self) -> int:
        """The consumption tax that the fee includes, rounded down."""
        return share_of(self.fee, TAX_NUMERATOR, TAX_DENOMINATOR)


def share_of(yen: int, numerator: int, denominator: int) -> int:
    """So much of the yen, rounded towards nothing: what is below a yen is never taken."""
    whole = abs(yen) * numerator // denominator
    return whole if yen >= 0 else -whole


def settle(*, gross: int, refunds: int, carried_in: int, terms: FeeAndMinimum, is_final: bool = False) -> Amounts:
    """What is paid out of a period, and what the next one begins with.

    Refunds give their share of the fee back. The fixed fee is taken when something is paid out. Less than
    the minimum is carried over, but not by the final period; what is negative always is.
    """
    turnover_fee = share_of(gross + refunds, terms.rate_bp, WHOLE)
    left = gross + refunds - turnover_fee + carried_in
    least = 1 if is_final else max(1, terms.minimum)
    if left >= least and left > terms.fixed:
        return Amounts(gross, refunds, turnover_fee + terms.fixed, carried_in, left - terms.fixed, 0)
    return Amounts(gross, refunds, turnover_fee, carried_in, 0, left)
