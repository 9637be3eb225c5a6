"""A reader of 総合振込 files written from the table of columns alone; it shares nothing with the writer.

Columns are those of the banks' sheet: the first column of each field, counted from 1, and where the record ends.
"""

from dataclasses import dataclass, field
from typing import Any

HEADER = (
    "kind:1 type:2 code:4 client:5 name:15 mmdd:55 bank:59 bank_name:63 branch:78 branch_name:81 deposit:96"
    " account:97 rest:104"
)
DATA = (
    "kind:1 bank:2 bank_name:6 branch:21 branch_name:24 house:39 deposit:43 account:44 holder:51 yen:81 new:91"
    " code1:92 code2:102 delivery:112 mark:113 rest:114"
)
TRAILER = "kind:1 count:2 yen:8 rest:20"
END = "kind:1 rest:2"
TABLES = {"1": HEADER, "2": DATA, "8": TRAILER, "9": END}
DIGITS = {
    "1": {"kind", "type", "code", "client", "mmdd", "bank", "branch", "deposit", "account"},
    "2": {"kind", "bank", "branch", "deposit", "account", "yen", "new"},
    "8": {"kind", "count", "yen"},
    "9": {"kind"},
}


@dataclass
class Read:
    header: dict[str, str]
    transfers: list[dict[str, str]] = field(default_factory=list)
    trailer: dict[str, str] = field(default_factory=dict)
    line_ends: bool = False
    end_mark: bool = False


def character(byte: int) -> str:
    """JIS X 0201: ASCII below, and kana from A1 to DF as Unicode has them in a row."""
    if 0x20 <= byte < 0x7F:
        return chr(byte)
    assert 0xA1 <= byte <= 0xDF, f"{byte:02X} is no character of JIS X 0201"
    return chr(0xFF61 + byte - 0xA1)


def cut(raw: bytes) -> dict[str, str]:
    text = "".join(character(byte) for byte in raw)
    assert len(raw) == 120
    starts = [(name, int(column)) for name, column in (entry.split(":") for entry in TABLES[text[0]].split())]
    ends = [column for _name, column in starts[1:]] + [121]
    found = {name: text[first - 1 : last - 1] for (name, first), last in zip(starts, ends, strict=True)}
    for name in DIGITS[text[0]]:
        assert found[name].isdigit(), (name, found[name])
    return found


def read(raw: bytes) -> Read:
    """The file, or AssertionError for what no bank would take."""
    has_mark = raw.endswith(b"\x1a")
    body = raw[:-1] if has_mark else raw
    has_ends = b"\r\n" in body
    width = 122 if has_ends else 120
    assert len(body) % width == 0
    lines: list[Any] = [body[at : at + width] for at in range(0, len(body), width)]
    if has_ends:
        assert all(line.endswith(b"\r\n") for line in lines)
        lines = [line[:-2] for line in lines]
    first, *middle, trailer, end = [cut(line) for line in lines]
    assert (first["kind"], trailer["kind"], end["kind"]) == ("1", "8", "9")
    assert {line["kind"] for line in middle} <= {"2"}
    assert (first["type"], first["code"]) == ("21", "0")
    assert first["rest"] == " " * 17
    assert trailer["rest"] == " " * 101
    assert end["rest"] == " " * 119
    assert int(trailer["count"]) == len(middle)
    assert int(trailer["yen"]) == sum(int(line["yen"]) for line in middle)
    return Read(first, middle, trailer, has_ends, has_mark)
