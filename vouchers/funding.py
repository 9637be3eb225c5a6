"""Yen shared out without losing one: largest remainder, for funding, spending, refunds and expiry alike."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def split(amount: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """Share whole yen out in proportion to the weights; the shares add up to the amount exactly.

    Each gets its exact share rounded down; the yen left over go to the largest remainders, and among equal
    ones to those that stand first. Exact when the weights add up to the amount. A share is never more than
    its weight while the amount is not more than all weights together. ValueError for a negative amount or
    weight, or an amount and nobody to have it.
    """
    total = sum(weights.values())
    if amount < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("nothing negative can be shared out")
    if not amount:
        return dict.fromkeys(weights, 0)
    if not total:
        raise ValueError("there is an amount and nobody to have it")
    shares = {key: amount * weight // total for key, weight in weights.items()}
    remainders = {key: amount * weight % total for key, weight in weights.items()}
    left = amount - sum(shares.values())
    # `sorted` is stable, so equal remainders keep the order of the weights.
    for key in sorted(remainders, key=remainders.__getitem__, reverse=True)[:left]:
        shares[key] += 1
    return shares


def fund(*, face: int, price_part: int, resident: Key, shares: Mapping[Key, int]) -> dict[Key, int]:
    """Whose the yen of a new voucher are: the price is the resident's, the rest goes by the shares.

    The amounts add up to the face; sources without a yen are left out. ValueError if the price is more
    than the face.
    """
    parts = {resident: price_part, **split(face - price_part, shares)}
    return {source: yen for source, yen in parts.items() if yen}
