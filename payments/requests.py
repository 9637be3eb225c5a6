"""What a client may ask: the checks that cost nothing, and the fingerprint of a request."""

import hashlib
import json

from payments.errors import AmountInvalid, KeyInvalid, KeyMissing

KEY_LENGTH_MAX = 255


def check_amount(amount: object, *, limit: int) -> int:
    """The amount if it is a whole number of yen from 1 to `limit`; raise AmountInvalid.

    A text, a fraction or a boolean is not a number of yen, whatever it could be converted to.
    """
    if type(amount) is not int or not 1 <= amount <= limit:
        raise AmountInvalid(limit=limit)
    return amount


def check_key(key: str | None) -> str:
    """The Idempotency-Key if it is 1 to 255 printable ASCII characters; raise KeyMissing or KeyInvalid."""
    if not key:
        raise KeyMissing
    if len(key) > KEY_LENGTH_MAX or not key.isascii() or not key.isprintable():
        raise KeyInvalid
    return key


def fingerprint(**content: str | int) -> str:
    """SHA-256 of a request's content: the same key with another fingerprint is another request."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
