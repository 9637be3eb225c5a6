"""Lists that a town hall hands in: CSV in UTF-8 or CP932, with English or Japanese headers.

A list is read whole and checked whole before anything is written, and every bad line is named.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _

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

    def text(self, column: str, *, required: bool = False, longest: int = 200) -> str:
        value = self.values.get(column, "")
        if required and not value:
            raise BadValue(_("%(column)s is empty") % {"column": column})
        if len(value) > longest:
            raise BadValue(
                _("%(column)s is longer than %(longest)s characters") % {"column": column, "longest": longest}
            )
        return value

    def whole_number(self, column: str, *, least: int, most: int) -> int:
        """Digits, perhaps with thousands commas, in half or full width."""
        text = unicodedata.normalize("NFKC", self.text(column, required=True)).replace(",", "")
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise BadValue(
                _("%(column)s is not a whole number from %(least)s to %(most)s")
                % {"column": column, "least": least, "most": most}
            )
        return int(text)

    def day(self, column: str) -> date | None:
        """A date as 2022-04-01 or 2022/4/1; none where the value is empty."""
        text = unicodedata.normalize("NFKC", self.text(column))
        if not text:
            return None
        try:
            year, month, day = (int(part) for part in text.replace("/", "-").split("-"))
            return date(year, month, day)
        except ValueError as problem:
            raise BadValue(_("%(column)s is not a date such as 2022-04-01") % {"column": column}) from problem


@dataclass(slots=True)
class ImportResult:
    """What an import did, in lines."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[BadLine] = field(default_factory=list)


def read_rows(data: bytes, *, columns: Mapping[str, str], required: Iterable[str]) -> list[Row]:
    """The lines of a list; `columns` maps each English header to its Japanese one.

    Raise NotReadable if the text cannot be decoded or a required column is missing.
    """
    reader = csv.reader(io.StringIO(_decode(data), newline=""))
    try:
        lines = [(reader.line_num, line) for line in reader]
    except csv.Error as problem:
        raise NotReadable(_("The file is not a CSV file.")) from problem
    if not lines:
        raise NotReadable(_("The file is empty."))
    names = _header(lines[0][1], columns, required)
    return [
        Row(number, {name: value.strip() for name, value in zip(names, line, strict=False) if name})
        for number, line in lines[1:]
        if any(value.strip() for value in line)
    ]


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotReadable(_("The file is neither UTF-8 nor CP932 (Shift JIS)."))


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
            good.append(check(row))
        except BadValue as problem:
            bad.append(BadLine(row.number, str(problem)))
    if bad and not skip_bad:
        raise LinesRejected(bad)
    return good, bad
