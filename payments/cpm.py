"""The code that a customer shows: its digits, and the consumer-presented payload that its QR holds.

After EMVCo's "QR Code Specification for Payment Systems: Consumer-Presented Mode" in the Japanese profile: BER-TLV
in Base64, format indicator `JPQR1`, one application template. Ours is known by its name and holds the region's
identifier and the digits in its transparent template.
"""

import base64
import binascii
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from payments.errors import CodeElsewhere, CodeUnreadable

FORMAT, APPLICATION, NAME, LABEL, TRANSPARENT = 0x85, 0x61, 0x4F, 0x50, 0x63
REGION, DIGITS = 0xC1, 0xC2
FORMATS = (b"JPQR1", b"CPV01")
# Names that begin with F are everybody's to choose (ISO/IEC 7816-4), so long as nobody else chose the same.
OUR_NAME = b"\xf0HANSATSU"
OUR_LABEL = b"HANSATSU"
LENGTH = 10
PAYLOAD_MAX = 512

Fields = list[tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What was scanned or typed. Typed digits do not say which region they are of."""

    digits: str
    region: str = ""


def new_digits() -> str:
    """Nine random digits and one that proves them, so that a slip of the finger is told from a guess."""
    free = f"{secrets.randbelow(10 ** (LENGTH - 1)):0{LENGTH - 1}}"
    return free + _check_digit(free)


def write_code(*, region: str, digits: str) -> str:
    """The payload as the QR holds it."""
    inner = _write([(REGION, region.encode()), (DIGITS, digits.encode())])
    application = _write([(NAME, OUR_NAME), (LABEL, OUR_LABEL), (TRANSPARENT, inner)])
    return base64.b64encode(_write([(FORMAT, FORMATS[0]), (APPLICATION, application)])).decode()


def read_code(text: str) -> ShownCode:
    """What a shop scanned or typed: our payload, or the digits with the spaces that people type.

    Raise CodeUnreadable for what is neither, CodeElsewhere for another service's payload.
    """
    plain = "".join(unicodedata.normalize("NFKC", text[:PAYLOAD_MAX]).split())
    typed = plain.replace("-", "").replace("ー", "").replace("−", "")
    if typed.isascii() and typed.isdigit():
        return ShownCode(_proved(typed))
    for template in _applications(read_payload(plain)):
        if template.get(NAME) == OUR_NAME:
            inner = dict(_read(template.get(TRANSPARENT, b"")))
            digits, region = (inner.get(tag, b"").decode("ascii", "replace") for tag in (DIGITS, REGION))
            return ShownCode(_proved(digits), region)
    raise CodeElsewhere


def read_payload(text: str) -> Fields:
    """The outermost fields of anybody's consumer-presented payload; raise CodeUnreadable."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as problem:
        raise CodeUnreadable from problem
    fields = _read(raw)
    if not fields or fields[0][0] != FORMAT or fields[0][1] not in FORMATS:
        raise CodeUnreadable
    return fields


def _applications(fields: Fields) -> list[dict[int, bytes]]:
    return [dict(_read(value)) for tag, value in fields if tag == APPLICATION]


def _proved(digits: str) -> str:
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()) or _check_digit(digits[:-1]) != digits[-1]:
        raise CodeUnreadable
    return digits


def _check_digit(digits: str) -> str:
    """Luhn's: finds every single wrong digit, and nearly every exchange of two neighbours."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


def _write(fields: Sequence[tuple[int, bytes]]) -> bytes:
    return b"".join(bytes([tag]) + _length(len(value)) + value for tag, value in fields)


def _length(length: int) -> bytes:
    return bytes([length]) if length < 0x80 else bytes([0x81, length])


def _read(raw: bytes) -> Fields:
    """One level of tags of one or two bytes with lengths of one or two; raise CodeUnreadable."""
    fields: Fields = []
    position = 0
    try:
        while position < len(raw):
            tag, position = raw[position], position + 1
            if tag & 0x1F == 0x1F:
                tag, position = tag << 8 | raw[position], position + 1
            length, position = raw[position], position + 1
            if length == 0x81:
                length, position = raw[position], position + 1
            elif length > 0x80:
                raise CodeUnreadable
            if position + length > len(raw):
                raise CodeUnreadable
            fields.append((tag, raw[position : position + length]))
            position += length
    except IndexError as problem:
        raise CodeUnreadable from problem
    return fields
