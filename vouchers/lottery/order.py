"""The order that a seed gives to tickets: anybody with the seed and the names arrives at the same one."""

import hmac
from collections.abc import Iterable


def key(seed: str, name: str) -> bytes:
    """HMAC-SHA-256 of the ticket's name under the seed, both in UTF-8; the smaller comes first."""
    return hmac.digest(seed.encode(), name.encode(), "sha256")


def in_order(seed: str, names: Iterable[str]) -> list[str]:
    """The names in lottery order; no name twice."""
    return [name for _key, name in sorted((key(seed, name), name) for name in names)]
