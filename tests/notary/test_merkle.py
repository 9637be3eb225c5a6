"""The tree of a batch is RFC 6962's, whatever its size."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notary.client.merkle import Tree, canonical, leaf_hash, root_of_path

# The leaves and the root of eight from Certificate Transparency's own reference tests.
REFERENCE_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
REFERENCE_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def root_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + root_by_definition(leaves[:k]) + root_by_definition(leaves[k:])).digest()


def test_the_root_is_the_reference_root() -> None:
    assert Tree([leaf_hash(leaf) for leaf in REFERENCE_LEAVES]).root.hex() == REFERENCE_ROOT


@pytest.mark.parametrize("count", [*range(34), 64, 255, 256])
def test_the_root_is_the_definitions_for_every_size(count: int) -> None:
    leaves = [bytes([index]) for index in range(count)]

    assert Tree([leaf_hash(leaf) for leaf in leaves]).root == root_by_definition(leaves)


@pytest.mark.parametrize("count", [*range(1, 20), 256])
def test_every_path_leads_to_the_root_and_only_from_its_own_place(count: int) -> None:
    hashes = [leaf_hash(bytes([index])) for index in range(count)]
    tree = Tree(hashes)

    for index, hashed in enumerate(hashes):
        path = tree.path(index)
        assert root_of_path(hashed, index, count, path) == tree.root
        assert root_of_path(leaf_hash(b"other"), index, count, path) != tree.root
        assert root_of_path(hashed, index, count, [*path, hashed]) is None
        if path:
            assert root_of_path(hashed, index, count, path[:-1]) is None


def test_an_index_outside_the_batch_has_no_root() -> None:
    hashed = leaf_hash(b"")

    assert root_of_path(hashed, 1, 1, []) is None
    assert root_of_path(hashed, -1, 1, []) is None


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_the_canonical_spelling_does_not_depend_on_the_order_of_keys(value: dict[str, object]) -> None:
    shuffled = dict(reversed(value.items()))

    assert canonical(value) == canonical(shuffled)
