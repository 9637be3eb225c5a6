"""Canonical bytes and the Merkle tree of one batch (RFC 6962, section 2.1), shared by both halves."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value that is hashed and signed.

    Keys sorted, no spaces, ASCII. For what the notary signs (strings of ASCII, integers below 2**53,
    null, lists, objects) these are the bytes of RFC 8785.
    """
    return _encoder.encode(value).encode("ascii")


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """The tree over a batch's leaf hashes: its root, and every leaf's path to it."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.levels = [list(leaves)]
        while len(self.levels[-1]) > 1:
            self.levels.append(_level_above(self.levels[-1]))

    @property
    def root(self) -> bytes:
        return self.levels[-1][0] if self.levels[0] else EMPTY_ROOT

    def path(self, index: int) -> list[bytes]:
        """The siblings from the leaf upwards; a level where the node stands alone adds none."""
        siblings = []
        for level in self.levels[:-1]:
            if index ^ 1 < len(level):
                siblings.append(level[index ^ 1])
            index >>= 1
        return siblings


def root_of_path(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """The root that the leaf hash reaches along the path, or None if the path does not fit the tree."""
    if not 0 <= index < count:
        return None
    node, last, siblings = leaf, count - 1, list(reversed(path))
    while last:
        if index & 1 or index < last:
            if not siblings:
                return None
            sibling = siblings.pop()
            node = node_hash(sibling, node) if index & 1 else node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    return None if siblings else node


def _level_above(level: list[bytes]) -> list[bytes]:
    above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    # An odd last node moves up as it is: for every size this gives RFC 6962's tree.
    return above + level[-1:] if len(level) % 2 else above
