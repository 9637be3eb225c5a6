"""Lists that a town hall hands in: CSV in UTF-8 or CP932, or Excel, with English or Japanese headers.

A list is read whole and checked whole before anything is written, and every bad line is named.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _

from regions.dates import NoSuchDay, read_day
from regions.sheet_import import SheetUnreadable, is_sheet, read_sheet
from regions.text_encoding import TextUnreadable, decode_text

FILE_BYTES_MAX = 10_000_000
LINES_MAX = 100_000
# A text that begins so would be run by a spreadsheet; a sign before a digit is a number.
FORMULA = re.compile(r"[=@\t]|[+-](?![\d.])")

Progress = Callable[[str], None]


class ListProblem(Exception):
    """Base of what can be wrong with a list."""


class NotReadable(ListProblem):
    """The file is no CSV in UTF-8 or CP932, or lacks a column; the message says which."""


class BadValue(ListProblem):
    """One value of a line cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of the file (1 is the header) that cannot be used, and why."""

    number: int
    reason: str


class LinesRejected(ListProblem):
    """Some lines are bad and nothing was written."""

    def __init__(self, bad: list[BadLine]) -> None:
        super().__init__(f"{len(bad)} bad lines")
        self.bad = bad


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number in the file and its values by column name, trimmed."""

    number: int
    values: Mapping[str, str]
    has_too_many: bool = False

    def refuse_more_than_columns(self) -> None:
        """Raise BadValue where a comma in a value may have shifted what follows it."""
        if self.has_too_many:
            raise BadValue(_("more values than columns; a value with a comma needs quotation marks"))

    def text(self, column: str, *, required: bool = False, longest: int = 200) -> str:
        value = self.values.get(column, "")
        if FORMULA.match(unicodedata.normalize("NFKC", value)):
            raise BadValue(_("%(column)s is a formula; please write the value itself") % {"column": column})
        if required and not value:
            raise BadValue(_("%(column)s is empty") % {"column": column})
        if len(value) > longest:
            raise BadValue(
                _("%(column)s is longer than %(longest)s characters") % {"column": column, "longest": longest}
            )
        return value

    def whole_number(self, column: str, *, least: int, most: int) -> int:
        """Digits, perhaps with thousands commas and a yen sign, in half or full width."""
        text = unicodedata.normalize("NFKC", self.text(column, required=True))
        digits = re.sub(r"^[¥\\]|円$|,(?=\d{3})", "", text)
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20) or not least <= int(digits) <= most:
            raise BadValue(
                _("%(column)s is not a whole number from %(least)s to %(most)s")
                % {"column": column, "least": f"{least:,}", "most": f"{most:,}"}
            )
        return int(digits)

    def day(self, column: str) -> date | None:
        """A date as 2022-04-01, 2022/4/1 or 令和4年4月1日; none where the value is empty."""
        text = self.text(column)
        if not text:
            return None
        try:
            return read_day(text)
        except NoSuchDay as problem:
            raise BadValue(f"{column}: {problem}") from problem


@dataclass(slots=True)
class ImportResult:
    """What an import did, in lines."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[BadLine] = field(default_factory=list)


def read_rows(data: bytes, *, columns: Mapping[str, str], required: Iterable[str]) -> list[Row]:
    """The lines of a list; `columns` maps each English header to its Japanese one.

    Raise NotReadable if the file is too large, cannot be decoded, or lacks a required column.
    """
    lines = read_lines(data)
    names = _header(lines[0][1], columns, required)
    return [
        Row(
            number,
            {name: value.strip() for name, value in zip(names, line, strict=False) if name},
            has_too_many=any(value.strip() for value in line[len(names) :]),
        )
        for number, line in lines[1:]
    ]


def read_lines(data: bytes) -> list[tuple[int, list[str]]]:
    """The lines with something in them, and their numbers in the file; the first is the header. Raise NotReadable."""
    if len(data) > FILE_BYTES_MAX:
        raise NotReadable(_("The file is larger than %(most)s MB.") % {"most": FILE_BYTES_MAX // 1_000_000})
    try:
        lines = read_sheet(data) if is_sheet(data) else list(_csv_lines(decode_text(data)))
    except (SheetUnreadable, TextUnreadable) as problem:
        raise NotReadable(str(problem)) from problem
    except csv.Error as problem:
        raise NotReadable(_("The file is not a CSV file.")) from problem
    if not lines:
        raise NotReadable(_("The file is empty."))
    if len(lines) > LINES_MAX:
        raise NotReadable(_("The file has more than %(most)s lines.") % {"most": f"{LINES_MAX:,}"})
    return lines


def _csv_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    # strict: a quotation mark that is never closed would swallow the rest of the file as one value.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    for line in reader:
        if any(value.strip() for value in line):
            yield begins, line
        begins = reader.line_num + 1


def _header(line: list[str], columns: Mapping[str, str], required: Iterable[str]) -> list[str]:
    english = {japanese: name for name, japanese in columns.items()}
    wanted = [unicodedata.normalize("NFKC", cell).strip() for cell in line]
    names = [cell if cell in columns else english.get(cell, "") for cell in wanted]
    if missing := [name for name in required if name not in names]:
        raise NotReadable(_("These columns are missing: %(columns)s") % {"columns": ", ".join(missing)})
    return names


Checked = TypeVar("Checked")


def check_rows(
    rows: Iterable[Row], check: Callable[[Row], Checked], *, skip_bad: bool
) -> tuple[list[Checked], list[BadLine]]:
    """What `check` makes of each line, and the lines for which it raised BadValue.

    Raise LinesRejected if there are any and they are not to be skipped.
    """
    good: list[Checked] = []
    bad: list[BadLine] = []
    for row in rows:
        try:
            row.refuse_more_than_columns()
            good.append(check(row))
        except BadValue as problem:
            bad.append(BadLine(row.number, str(problem)))
    if bad and not skip_bad:
        raise LinesRejected(bad)
    return good, bad
