"""The records of 全銀協規定形式 総合振込: 120 bytes each, JIS X 0201, one byte a character.

Pure. Source of the layout: the Japanese Bankers Association's format as the banks publish it. `N` is digits,
right-aligned and filled with zeros; `C` is half-width kana, capitals, digits and signs, filled with spaces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from merchants.banking.kana import ALLOWED
from payments.transfers.errors import FieldInvalid

RECORD_LENGTH = 120
# In JIS X 0201 a character is a byte, as it is for these characters in Shift JIS.
ENCODING = "shift_jis"


class Kind(StrEnum):
    N = "N"
    C = "C"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its name in the code, in the layout's own words, its kind and its length."""

    name: str
    words: str
    kind: Kind
    length: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A field with its text in a record, and its first and last column, counted from 1."""

    field: Field
    text: str
    first: int
    last: int

    @property
    def hex(self) -> str:
        return self.text.encode(ENCODING).hex(" ").upper()


def _fields(*rows: tuple[str, str, Kind, int]) -> tuple[Field, ...]:
    return tuple(Field(*row) for row in rows)


HEADER = _fields(
    ("record", "データ区分", Kind.N, 1),
    ("business", "種別コード", Kind.N, 2),
    ("code_set", "コード区分", Kind.N, 1),
    ("client_code", "振込依頼人コード", Kind.N, 10),
    ("client_name", "振込依頼人名", Kind.C, 40),
    ("pay_day", "振込指定日", Kind.N, 4),
    ("bank_code", "仕向銀行番号", Kind.N, 4),
    ("bank_name", "仕向銀行名", Kind.C, 15),
    ("branch_code", "仕向支店番号", Kind.N, 3),
    ("branch_name", "仕向支店名", Kind.C, 15),
    ("account_kind", "預金種目", Kind.N, 1),
    ("account_number", "口座番号", Kind.N, 7),
    ("filler", "ダミー", Kind.C, 17),
)
DATA = _fields(
    ("record", "データ区分", Kind.N, 1),
    ("bank_code", "被仕向銀行番号", Kind.N, 4),
    ("bank_name", "被仕向銀行名", Kind.C, 15),
    ("branch_code", "被仕向支店番号", Kind.N, 3),
    ("branch_name", "被仕向支店名", Kind.C, 15),
    ("clearing_house", "手形交換所番号", Kind.C, 4),
    ("account_kind", "預金種目", Kind.N, 1),
    ("account_number", "口座番号", Kind.N, 7),
    ("holder", "受取人名", Kind.C, 30),
    ("amount", "振込金額", Kind.N, 10),
    ("new_code", "新規コード", Kind.N, 1),
    ("reference", "顧客コード・EDI情報", Kind.C, 20),
    ("delivery", "振込指定区分", Kind.C, 1),
    ("identification", "識別表示", Kind.C, 1),
    ("filler", "ダミー", Kind.C, 7),
)
TRAILER = _fields(
    ("record", "データ区分", Kind.N, 1),
    ("count", "合計件数", Kind.N, 6),
    ("total", "合計金額", Kind.N, 12),
    ("filler", "ダミー", Kind.C, 101),
)
END = _fields(("record", "データ区分", Kind.N, 1), ("filler", "ダミー", Kind.C, 119))


def record(layout: Sequence[Field], values: Mapping[str, object]) -> str:
    """A record of 120 characters; what is not given is zeros or spaces. Raise FieldInvalid, never cut anything off."""
    return "".join(_filled(field, values.get(field.name, "")) for field in layout)


def placed(layout: Sequence[Field], text: str) -> list[Placed]:
    """The record's fields with their columns, for people who compare it with their bank's sheet."""
    found, at = [], 0
    for field in layout:
        found.append(Placed(field, text[at : at + field.length], at + 1, at + field.length))
        at += field.length
    return found


def _filled(field: Field, value: object) -> str:
    text = str(value)
    if len(text) > field.length:
        raise FieldInvalid(field=field.words, value=value, reason="too long")
    if field.kind is Kind.N:
        if text and not (text.isascii() and text.isdigit()):
            raise FieldInvalid(field=field.words, value=value, reason="not digits")
        return text.rjust(field.length, "0")
    if not ALLOWED.issuperset(text):
        raise FieldInvalid(field=field.words, value=value, reason="character not allowed")
    return text.ljust(field.length)
