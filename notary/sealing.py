"""Sign a batch once and give every decision in it a receipt of its own."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from notary.client.merkle import EMPTY_ROOT, HASH_SIZE, Tree, canonical, leaf_hash
from notary.client.receipts import HEADER_TYPE, NO_PREVIOUS, header_hash
from notary.client.values import PublicKey, SignedBatch
from notary.client.wire import instant_to_wire
from notary.errors import Misconfigured
from notary.rules import Decision, Head

EMPTY_LOG = Head(number=0, position=0, hash=NO_PREVIOUS)


class Signer:
    """The notary's Ed25519 key."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key
        self.public = public_key(private_key.public_key())

    @classmethod
    def from_pem(cls, pem: str) -> "Signer":
        """Read a PKCS 8 PEM, or raise Misconfigured."""
        try:
            key = load_pem_private_key(pem.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as unreadable:
            raise Misconfigured("the signing key is no PEM of a private key") from unreadable
        if not isinstance(key, Ed25519PrivateKey):
            raise Misconfigured("the signing key is not an Ed25519 key")
        return cls(key)

    def sign(self, header: Mapping[str, Any]) -> SignedBatch:
        signature = self._private_key.sign(canonical(header))
        return SignedBatch(header, b64encode(signature).decode(), self.public.key_id)


def public_key(key: Ed25519PublicKey) -> PublicKey:
    """The key as it is published; its id is the start of its own SHA-256."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return PublicKey(sha256(raw).hexdigest()[:16], raw, pem)


def public_key_from_pem(pem: str) -> PublicKey:
    """Read a public key that signed in earlier years, or raise Misconfigured."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as unreadable:
        raise Misconfigured("a retired key is no PEM of a public key") from unreadable
    if not isinstance(key, Ed25519PublicKey):
        raise Misconfigured("a retired key is not an Ed25519 key")
    return public_key(key)


@dataclass(frozen=True)
class SealedBatch:
    """A signed batch with its leaf hashes: enough to write any of its receipts again, years later."""

    signed: SignedBatch
    leaves: tuple[bytes, ...]

    @property
    def head(self) -> Head:
        header = self.signed.header
        return Head(header["number"], self.signed.position, header_hash(header))

    @cached_property
    def _tree(self) -> Tree:
        return Tree(self.leaves)

    def receipt(self, decision: Decision) -> dict[str, Any]:
        """The proof that this decision is in the log; it needs nothing but the public key."""
        index = decision.position - self.signed.header["first"]
        return {
            "leaf": decision.leaf,
            "index": index,
            "path": [sibling.hex() for sibling in self._tree.path(index)],
            "batch": self.signed.header,
            "signature": self.signed.signature,
            "key_id": self.signed.key_id,
        }


def seal(signer: Signer, head: Head, decisions: Sequence[Decision]) -> SealedBatch:
    """Chain the decisions to the log's head and sign them; they all carry the batch's one time."""
    leaves = tuple(leaf_hash(decision.leaf_bytes) for decision in decisions)
    header = _header(
        signer,
        number=head.number + 1,
        previous=head.hash,
        root=Tree(leaves).root.hex(),
        first=head.position + 1,
        count=len(leaves),
        decided_at=instant_to_wire(decisions[0].decided_at),
    )
    return SealedBatch(signer.sign(header), leaves)


def empty_checkpoint(signer: Signer) -> SignedBatch:
    """What the notary signs while nothing has been decided; it is no link of the chain."""
    return signer.sign(
        _header(signer, number=0, previous=NO_PREVIOUS, root=EMPTY_ROOT.hex(), first=1, count=0, decided_at=None)
    )


def split_leaves(joined: bytes) -> tuple[bytes, ...]:
    return tuple(joined[at : at + HASH_SIZE] for at in range(0, len(joined), HASH_SIZE))


def _header(signer: Signer, **fields: Any) -> dict[str, Any]:
    return {"type": HEADER_TYPE, "key_id": signer.public.key_id, **fields}
