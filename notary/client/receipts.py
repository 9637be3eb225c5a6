"""Receipts: check that the notary signed a decision, and that the log's chain was not rewritten."""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from notary.client.merkle import HASH_SIZE, canonical, leaf_hash, root_of_path
from notary.client.values import Receipt, SignedBatch

HEADER_TYPE = "hansatsu-notary-batch-1"
NO_PREVIOUS = "0" * 64


class BadReceipt(Exception):
    """The receipt or the chain does not prove what it claims."""


def verify_receipt(receipt: Receipt, public_keys: Mapping[str, bytes]) -> Mapping[str, Any]:
    """Return the signed decision (the leaf), or raise BadReceipt.

    `public_keys` are the raw 32 bytes of the notary's Ed25519 keys by key id.
    """
    verify_signature(signed_batch_of(receipt), public_keys)
    return verify_inclusion(receipt)


def verify_inclusion(receipt: Receipt) -> Mapping[str, Any]:
    """Return the leaf if the batch header in the receipt covers it; the header's signature is not checked."""
    try:
        leaf: Mapping[str, Any] = receipt["leaf"]
        header, path = receipt["batch"], [bytes.fromhex(sibling) for sibling in receipt["path"]]
        index, count, root = int(receipt["index"]), int(header["count"]), bytes.fromhex(header["root"])
        belongs = int(header["first"]) + index == leaf["position"] and leaf["decided_at"] == header["decided_at"]
        hashed = leaf_hash(canonical(leaf))
    except (KeyError, TypeError, ValueError) as malformed:
        raise BadReceipt("malformed") from malformed
    well_formed = all(len(sibling) == HASH_SIZE for sibling in path)
    if not (belongs and well_formed and root_of_path(hashed, index, count, path) == root):
        raise BadReceipt("not included in the batch")
    return leaf


def verify_signature(batch: SignedBatch, public_keys: Mapping[str, bytes]) -> None:
    """Raise BadReceipt unless one of the given keys signed the batch header."""
    try:
        raw, signature = public_keys.get(batch.key_id), b64decode(batch.signature, validate=True)
        signed, key_id, kind = canonical(batch.header), batch.header["key_id"], batch.header["type"]
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as malformed:
        raise BadReceipt("malformed") from malformed
    if raw is None or key_id != batch.key_id or kind != HEADER_TYPE:
        raise BadReceipt("unknown key")
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, signed)
    except (InvalidSignature, ValueError) as refused:
        raise BadReceipt("bad signature") from refused


def verify_chain(batches: Iterable[SignedBatch], public_keys: Mapping[str, bytes]) -> int:
    """Return the last log position of the batches, or raise BadReceipt if a link is broken.

    The batches are all there are, from the first.
    """
    previous, position = NO_PREVIOUS, 0
    for number, batch in enumerate(batches, 1):
        verify_signature(batch, public_keys)
        link = (batch.header["number"], batch.header["previous"], batch.header["first"])
        if link != (number, previous, position + 1):
            raise BadReceipt(f"the chain breaks at batch {number}")
        previous, position = header_hash(batch.header), batch.position
    return position


def header_hash(header: Mapping[str, Any]) -> str:
    return sha256(canonical(header)).hexdigest()


def signed_batch_of(receipt: Receipt) -> SignedBatch:
    try:
        return SignedBatch(receipt["batch"], receipt["signature"], receipt["key_id"])
    except (KeyError, TypeError) as malformed:
        raise BadReceipt("malformed") from malformed
