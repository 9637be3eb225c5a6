"""Tables as Excel workbooks in which no text can do harm."""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Sequence

from django.http import FileResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = {"narrowest": 10, "widest": 40}
# The earliest time that a ZIP file can name.
NO_TIME = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def workbook_response(filename: str, title: str, rows: Iterable[Sequence[object]]) -> FileResponse:
    """The rows, the header being the first, as a download; numbers are numbers, and every text is a text."""
    book = Workbook(write_only=True)
    write_sheet(book, title, rows)
    # Closed, and so deleted, when the answer has been sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    book.save(file)
    file.seek(0)
    headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
    return FileResponse(file, as_attachment=True, filename=filename, headers=headers)


def workbook_bytes(title: str, rows: Iterable[Sequence[object]]) -> bytes:
    """The same whole, and saying nothing of when it was made: the same rows give the same bytes."""
    book = Workbook(write_only=True)
    write_sheet(book, title, rows)
    out = io.BytesIO()
    book.save(out)
    return _without_times(out.getvalue())


def write_sheet(book: Workbook, title: str, rows: Iterable[Sequence[object]]) -> None:
    """Add a sheet to a write-only workbook: a bold header that stays in sight, and the rows below it."""
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows):
        if number == 0:
            for place, name in enumerate(row, start=1):
                width = min(max(len(str(name)) * 2, WIDTHS["narrowest"]), WIDTHS["widest"])
                sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.append([_cell(sheet, value, bold=number == 0) for value in row])


def _cell(sheet: object, value: object, *, bold: bool) -> object:
    if value is None or (isinstance(value, int) and not bold):
        return value
    cell = WriteOnlyCell(sheet, str(value))
    # Left to itself the library makes a formula of what begins with an equals sign.
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _without_times(raw: bytes) -> bytes:
    """The workbook without the times in its properties and in the archive that it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", before.read(name))
            entry = zipfile.ZipInfo(name, date_time=NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, content)
    return out.getvalue()
