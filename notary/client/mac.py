"""How platform and notary prove themselves to each other: HMAC-SHA256 with a key per platform.

Replaying a request is harmless (the first decision on an id is the only one), so no nonces are
remembered. An answer is bound to the nonce of its request and cannot be replayed.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

ANSWER_HEADER = "Hansatsu-Mac"
SCHEME = "Hansatsu"
MAX_SKEW_MS = 300_000
MIN_KEY_LENGTH = 32

_CREDENTIALS = re.compile(
    r"Hansatsu platform=(?P<platform>[a-z0-9-]{1,40}), at=(?P<at_ms>[0-9]{1,15}), "
    r"nonce=(?P<nonce>[0-9a-f]{16,64}), body=(?P<body_hash>[0-9a-f]{64}), mac=(?P<mac>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The Authorization header of one request, in its parts."""

    platform: str
    at_ms: int
    nonce: str
    body_hash: str
    mac: str = ""

    @classmethod
    def parse(cls, header: str) -> Self | None:
        match = _CREDENTIALS.fullmatch(header)
        if match is None:
            return None
        return cls(match["platform"], int(match["at_ms"]), match["nonce"], match["body_hash"], match["mac"])

    def header(self) -> str:
        return (
            f"{SCHEME} platform={self.platform}, at={self.at_ms}, nonce={self.nonce}, "
            f"body={self.body_hash}, mac={self.mac}"
        )

    def proof(self, key: bytes, method: str, target: str) -> str:
        """The MAC that belongs here; `target` is the path with its query, from `/v1/` on."""
        return _mac(
            key,
            ("HANSATSU-REQUEST-1", self.platform, method, target, str(self.at_ms), self.nonce, self.body_hash),
        )

    def proven_by(self, key: bytes, method: str, target: str) -> bool:
        return hmac.compare_digest(self.mac, self.proof(key, method, target))

    def is_current(self, now_ms: int) -> bool:
        return abs(now_ms - self.at_ms) <= MAX_SKEW_MS


def credentials_for(*, platform: str, key: bytes, method: str, target: str, body: bytes, at_ms: int) -> Credentials:
    """Fresh credentials, with their proof, for one request."""
    parts = (platform, at_ms, secrets.token_hex(16), sha256(body).hexdigest())
    return Credentials(*parts, mac=Credentials(*parts).proof(key, method, target))


def answer_proof(key: bytes, request_mac: str, status: int, body: bytes) -> str:
    """The MAC of an answer: it binds status and body to the one request that was asked."""
    return _mac(key, ("HANSATSU-RESPONSE-1", request_mac, str(status), sha256(body).hexdigest()))


def is_answer_proven(key: bytes, request_mac: str, status: int, body: bytes, proof: str) -> bool:
    # As bytes: compare_digest refuses text outside ASCII, and a header may hold any.
    return hmac.compare_digest(proof.encode(), answer_proof(key, request_mac, status, body).encode())


def _mac(key: bytes, lines: tuple[str, ...]) -> str:
    return hmac.digest(key, "\n".join(lines).encode(), "sha256").hex()
