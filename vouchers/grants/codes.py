"""The code of a letter: sixteen characters that can be read aloud, typed wrongly, and told from a guess.

Fifteen are random, the last one checks them: any one character mistyped, or two neighbours swapped, is noticed
without a question to the database. The database knows a code only by a keyed hash.
"""

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Iterator
from uuid import UUID

from django.conf import settings

# No 0 O, 1 I L, 2 Z, 5 S, 8 B, G, U: what looks alike in print or by hand is there once or not at all.
# Twenty-three of them, a prime, so that a weighted sum notices every swap.
ALPHABET = "34679ACDEFHJKMNPQRTVWXY"
LENGTH = 16
GROUP = 4
PURPOSE = b"hansatsu.grant-code"


def new_code() -> str:
    """A random code with its check character: 23^15 possibilities, about 67 bits."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check_character(body)


def grouped(code: str) -> str:
    """`ABCD-EFGH-…`, as it is printed."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def tidy(typed: str) -> str:
    """What was typed, in capitals and half width, without blanks and hyphens of any kind."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(character for character in plain if character.isalnum())[: LENGTH * 2]


def is_well_formed(code: str) -> bool:
    """Whether a tidied code can be one at all; if not, it was mistyped."""
    return (
        len(code) == LENGTH
        and all(character in ALPHABET for character in code)
        and _check_character(code[:-1]) == code[-1]
    )


def hash_of(region_id: UUID, code: str) -> str:
    """The keyed hash under which a region's code is kept: 64 hexadecimal digits."""
    return _hash(settings.SECRET_KEY, region_id, code)


def hashes_of(region_id: UUID, code: str) -> list[str]:
    """The hashes that the code may be kept under, those of keys that were replaced included."""
    return [_hash(key, region_id, code) for key in _keys()]


def _keys() -> Iterator[str]:
    yield settings.SECRET_KEY
    for replaced in settings.SECRET_KEY_FALLBACKS:
        yield str(replaced)


def _hash(key: str, region_id: UUID, code: str) -> str:
    own_key = hmac.new(key.encode(), PURPOSE, hashlib.sha256).digest()
    return hmac.new(own_key, region_id.bytes + code.encode(), hashlib.sha256).hexdigest()


def _check_character(body: str) -> str:
    total = sum(place * ALPHABET.index(character) for place, character in enumerate(body, start=1))
    # The check character counts with its place, too: the weighted sum of all sixteen is zero.
    inverse = pow(LENGTH, -1, len(ALPHABET))
    return ALPHABET[-total * inverse % len(ALPHABET)]
