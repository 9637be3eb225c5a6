"""Tables as Excel files that say nothing of when they were made: the same rows give the same bytes."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from regions.csv_export import safe_cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The earliest time that a ZIP file can name.
NO_TIME = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
YEN = "#,##0"


def xlsx_bytes(title: str, rows: Iterable[Sequence[object]], *, widths: Sequence[int] = ()) -> bytes:
    """The rows as a sheet of its own file, the first of them as its head; numbers stay numbers."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise ValueError("a new workbook has a sheet")
    sheet.title = title[:31]
    for row in rows:
        sheet.append([_cell(value) for value in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, int):
                cell.number_format = YEN
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    out = io.BytesIO()
    book.save(out)
    return _without_times(out.getvalue())


def _cell(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else safe_cell(value)


def _without_times(raw: bytes) -> bytes:
    """The same workbook with no time in its properties, nor in the archive that it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", before.read(name))
            entry = zipfile.ZipInfo(name, date_time=NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, content)
    return out.getvalue()
