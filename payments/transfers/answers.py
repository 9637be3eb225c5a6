"""A bank's answer read: its own record for each of ours, or a plain list of numbers and results. Pure.

The record of the answer is that of the question with a code in column 114: 0 done, 1 no such account, 2 another
name, 8 cancelled by the payer, 9 other. Banks differ in it, so there is the list for those that differ too much.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from payments.transfers.errors import ResultForeign, ResultIncomplete, ResultUnreadable
from payments.transfers.zengin import ENCODING, RECORD_LENGTH

DONE, NO_ACCOUNT, OTHER_NAME, CANCELLED, OTHER = "01289"
CODES = (DONE, NO_ACCOUNT, OTHER_NAME, CANCELLED, OTHER)
RESULT_COLUMN = 114
# What must be as it was sent, in columns from 1: banks write names in their own way, and fill what we leave empty.
SAME = {
    "1": ((1, 14), (55, 62), (78, 80), (96, 103)),
    "2": ((1, 5), (21, 23), (43, 50), (81, 90), (92, 111)),
    "8": ((1, 19),),
    "9": ((1, 1),),
}
HEADS = ({"number", "result"}, {"番号", "結果"})


def read_answer(content: bytes, *, sent: Sequence[str], numbers: Sequence[str]) -> dict[str, str]:
    """The code of each transfer by its number; `sent` are the records of our file, `numbers` the transfers in order.

    Raise ResultUnreadable, ResultForeign or ResultIncomplete: there is no half an answer.
    """
    return _read_records(content, sent, numbers) if content[:1] == b"1" else _read_list(content, numbers)


def _read_records(content: bytes, sent: Sequence[str], numbers: Sequence[str]) -> dict[str, str]:
    lines = list(_lines(content))
    codes = []
    for number, (line, ours) in enumerate(zip(lines, sent, strict=False), start=1):
        if line[0] != ours[0] or any(line[first - 1 : last] != ours[first - 1 : last] for first, last in SAME[ours[0]]):
            raise ResultForeign(line=number)
        if ours[0] == "2":
            codes.append(_code(line[RESULT_COLUMN - 1], number))
    if len(lines) != len(sent):
        raise ResultForeign(line=min(len(lines), len(sent)) + 1)
    return dict(zip(numbers, codes, strict=True))


def _lines(content: bytes) -> Iterator[str]:
    body = content.rstrip(b"\x1a\r\n").replace(b"\r\n", b"").replace(b"\n", b"")
    for number, start in enumerate(range(0, len(body), RECORD_LENGTH), start=1):
        raw = body[start : start + RECORD_LENGTH]
        if len(raw) < RECORD_LENGTH:
            # The last record's spaces may have been cut off with the end of the file.
            if raw[:1] != b"9":
                raise ResultUnreadable(line=number, reason="length")
            raw = raw.ljust(RECORD_LENGTH)
        try:
            text = raw.decode(ENCODING)
        except UnicodeDecodeError as problem:
            raise ResultUnreadable(line=number, reason="characters") from problem
        if len(text) != RECORD_LENGTH:
            raise ResultUnreadable(line=number, reason="characters")
        yield text


def _read_list(content: bytes, numbers: Sequence[str]) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(_text(content)))
    head = {(name or "").strip() for name in rows.fieldnames or ()}
    if not any(names <= head for names in HEADS):
        raise ResultUnreadable(line=1, reason="header")
    known, found = set(numbers), dict[str, str]()
    for line, row in enumerate(rows, start=2):
        number = _cell(row, "number", "番号")
        if number not in known:
            raise ResultForeign(line=line)
        if number in found:
            raise ResultUnreadable(line=line, reason="twice")
        found[number] = _code(_cell(row, "result", "結果"), line)
    if missing := [number for number in numbers if number not in found]:
        raise ResultIncomplete(missing)
    return found


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ResultUnreadable(line=1, reason="characters")


def _cell(row: Mapping[str, object], *names: str) -> str:
    return next((str(row[name]).strip() for name in names if row.get(name) is not None), "")


def _code(text: str, line: int) -> str:
    if text not in CODES:
        raise ResultUnreadable(line=line, reason="result")
    return text
