"""The first sheet of an Excel file as rows of text, read without running, fetching or unpacking too much."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

ZIP_BEGINS = b"PK\x03\x04"
UNPACKED_MAX = 200_000_000
ROWS_MAX = 100_000
COLUMNS_MAX = 100


class SheetUnreadable(ValueError):
    """The file is no workbook that can be read safely; the message says why, to a person."""


def is_sheet(data: bytes) -> bool:
    return data.startswith(ZIP_BEGINS)


def read_sheet(data: bytes) -> list[tuple[int, list[str]]]:
    """Each row that is not empty, with its number in the sheet; a formula comes as its text, beginning with `=`.

    Raise SheetUnreadable.
    """
    _check_archive(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        return list(_rows(book.worksheets[0]))
    except SheetUnreadable:
        raise
    # The library lets through whatever its parsers trip over in a damaged file.
    except Exception as problem:
        raise SheetUnreadable(_("The Excel file is damaged. Please save it again as .xlsx or CSV.")) from problem


def _check_archive(data: bytes) -> None:
    """A small file can unpack to more than the machine holds, by its size or by entities within entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise SheetUnreadable(_("The file is neither CSV nor an Excel workbook (.xlsx)."))
            if sum(part.file_size for part in parts) > UNPACKED_MAX:
                raise SheetUnreadable(_("The Excel file is too large when unpacked."))
            for part in parts:
                with archive.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(4096).upper():
                        raise SheetUnreadable(_("The Excel file contains definitions that no spreadsheet writes."))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as problem:
        raise SheetUnreadable(_("The Excel file is damaged. Please save it again as .xlsx or CSV.")) from problem


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    # What a file says of its own size may be a lie.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX, values_only=True), start=1):
        if number > ROWS_MAX:
            raise SheetUnreadable(_("The sheet has more than %(most)s rows.") % {"most": f"{ROWS_MAX:,}"})
        row = [_text(cell) for cell in cells]
        while row and not row[-1].strip():
            row.pop()
        if row:
            yield number, row


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    # Excel keeps every number with a fraction.
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
