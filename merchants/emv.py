"""EMVCo merchant-presented payloads in the profile that Japan uses: written, read, and what is wrong with one named.

After EMVCo's "QR Code Specification for Payment Systems: Merchant-Presented Mode" and its Japanese profile. A payload
is a row of fields: a tag of two digits, a length of two digits, a value. The length counts characters, not bytes.
"""

import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from merchants.errors import PayloadElsewhere, PayloadWrong

LENGTH_MAX = 512
VALUE_MAX = 99
IDENTIFIER_MAX = 32
NAME_MAX, CITY_MAX, LOCAL_NAME_MAX, LABEL_MAX = 25, 15, 25, 25
YEN, JAPAN = "392", "JP"
# Our account in the range for templates of whoever has an identifier, and our address in the unreserved range.
ACCOUNT_TAGS, ACCOUNT = range(26, 52), 26
ADDRESS_TAGS, ADDRESS = range(80, 100), 80
CHECKSUM = "6304"

Fields = dict[str, str]


class Wrong(StrEnum):
    """What can be wrong with a payload."""

    NOT_EMV = "it does not begin as a payment code does"
    TOO_LONG = "it is longer than 512 characters"
    CUT_OFF = "it ends within a field"
    LENGTH = "a length is not two digits"
    TAG = "a tag is not two digits"
    TWICE = "a field stands in it twice"
    NO_CHECKSUM = "it does not end with a checksum"
    CHECKSUM = "its checksum does not fit"
    MISSING = "a field is missing"
    VALUE = "a field's value is not possible"


@dataclass(frozen=True, slots=True)
class TillPayload:
    """What a till's code says. `amount` in yen makes it a dynamic one, for the one purchase of `reference`.

    `name` and `city` are Latin letters; the name that people know is `local_name`. `identifier` is the platform's
    own, a domain name backwards.
    """

    identifier: str
    region: str
    till: str
    name: str
    city: str
    address: str
    local_name: str = ""
    postcode: str = ""
    category: str = "5999"
    amount: int | None = None
    reference: str = ""


def write_payload(payload: TillPayload) -> str:
    """The payload as text, at most 512 characters; raise PayloadWrong for what cannot be said in one."""
    fields = [
        ("00", "01"),
        ("01", "11" if payload.amount is None else "12"),
        (str(ACCOUNT), _write([("00", payload.identifier), ("01", payload.region), ("02", payload.till)])),
        ("52", payload.category),
        ("53", YEN),
        ("54", "" if payload.amount is None else str(payload.amount)),
        ("58", JAPAN),
        ("59", payload.name[:NAME_MAX]),
        ("60", payload.city[:CITY_MAX]),
        ("61", payload.postcode),
        ("62", _write([("05", payload.reference), ("07", payload.till)])),
        ("64", _write([("00", "JA"), ("01", payload.local_name[:LOCAL_NAME_MAX])]) if payload.local_name else ""),
        *_write_address(payload.identifier, payload.address),
    ]
    text = _write(fields) + CHECKSUM
    whole = text + checksum(text)
    if len(whole) > LENGTH_MAX:
        raise PayloadWrong(Wrong.TOO_LONG)
    return whole


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE over the UTF-8 bytes, four capital hexadecimal digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def is_payload(text: str) -> bool:
    """Whether the text means to be one: every payload begins so, and no address and no code of a till does."""
    return text.startswith("000201")


def read_payload(text: str) -> Fields:
    """The fields of anybody's payload by tag, checksum proved; raise PayloadWrong, naming what and where."""
    if not is_payload(text):
        raise PayloadWrong(Wrong.NOT_EMV)
    if len(text) > LENGTH_MAX:
        raise PayloadWrong(Wrong.TOO_LONG)
    fields = _read(text)
    if list(fields)[-1] != CHECKSUM[:2] or text[-8:-4] != CHECKSUM:
        raise PayloadWrong(Wrong.NO_CHECKSUM)
    if checksum(text[:-4]) != text[-4:]:
        raise PayloadWrong(Wrong.CHECKSUM, "63")
    return fields


def read_till(text: str, *, identifier: str) -> TillPayload:
    """What one of our own payloads says.

    Raise PayloadElsewhere for a sound one of somebody else, and PayloadWrong.
    """
    fields = read_payload(text)
    account = _template_of(fields, ACCOUNT_TAGS, identifier)
    if account is None:
        raise PayloadElsewhere
    _expect(fields, "53", YEN)
    _expect(fields, "58", JAPAN)
    more = _read(fields.get("62", ""))
    local = _read(fields.get("64", ""))
    return TillPayload(
        identifier=identifier,
        region=_need(account, "01", f"{ACCOUNT}-01"),
        till=_need(account, "02", f"{ACCOUNT}-02"),
        name=_need(fields, "59"),
        city=_need(fields, "60"),
        address=_read_address(fields, identifier),
        local_name=local.get("01", ""),
        postcode=fields.get("61", ""),
        category=_need(fields, "52"),
        amount=_read_amount(fields),
        reference=more.get("05", ""),
    )


def _write(fields: Iterable[tuple[str, str]]) -> str:
    """The fields that have a value, one after the other."""
    written = ""
    for tag, value in fields:
        if len(value) > VALUE_MAX:
            raise PayloadWrong(Wrong.TOO_LONG, tag)
        if value:
            written += f"{tag}{len(value):02}{value}"
    return written


def _write_address(identifier: str, address: str) -> list[tuple[str, str]]:
    """The address in as many of our templates as it needs: one takes 99 characters, its frame included."""
    room = VALUE_MAX - len(_write([("00", identifier)])) - len("01nn")
    parts = [address[start : start + room] for start in range(0, len(address), room)]
    return [(str(ADDRESS + number), _write([("00", identifier), ("01", part)])) for number, part in enumerate(parts)]


def _read(text: str) -> Fields:
    fields: Fields = {}
    position = 0
    while position < len(text):
        tag, length = text[position : position + 2], text[position + 2 : position + 4]
        if not _are_digits(tag):
            raise PayloadWrong(Wrong.TAG, tag)
        if not _are_digits(length):
            raise PayloadWrong(Wrong.LENGTH, tag)
        if tag in fields:
            raise PayloadWrong(Wrong.TWICE, tag)
        value = text[position + 4 : position + 4 + int(length)]
        if len(value) < int(length):
            raise PayloadWrong(Wrong.CUT_OFF, tag)
        fields[tag] = value
        position += 4 + int(length)
    return fields


def _are_digits(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isdigit()


def _template_of(fields: Fields, tags: range, identifier: str) -> Fields | None:
    for tag in map(str, tags):
        if fields.get(tag, "").startswith(_write([("00", identifier)])):
            return _read(fields[tag])
    return None


def _read_address(fields: Fields, identifier: str) -> str:
    ours = [_read(fields[tag]) for tag in map(str, ADDRESS_TAGS) if tag in fields]
    return "".join(template.get("01", "") for template in ours if template.get("00") == identifier)


def _read_amount(fields: Fields) -> int | None:
    amount, is_dynamic = fields.get("54"), _need(fields, "01") == "12"
    if amount is None:
        if is_dynamic:
            raise PayloadWrong(Wrong.MISSING, "54")
        return None
    if not (amount.isascii() and amount.isdigit() and int(amount) > 0):
        raise PayloadWrong(Wrong.VALUE, "54")
    return int(amount)


def _need(fields: Fields, tag: str, named: str = "") -> str:
    if not fields.get(tag[-2:]):
        raise PayloadWrong(Wrong.MISSING, named or tag)
    return fields[tag[-2:]]


def _expect(fields: Fields, tag: str, value: str) -> None:
    if _need(fields, tag) != value:
        raise PayloadWrong(Wrong.VALUE, tag)
