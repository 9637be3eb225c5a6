"""Tables as CSV files that a spreadsheet opens rightly and that cannot do harm in it."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

# By its mark a spreadsheet knows UTF-8; without it Japanese turns into noise.
MARK = "\ufeff"
# With one of these at its beginning, full-width ones included, a text is run as a formula.
FORMULA_STARTS = (*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: object) -> object:
    """Numbers stay numbers; a text that a spreadsheet would run is marked as a text."""
    if isinstance(value, int):
        return value
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_response(filename: str, rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """The rows, the header being the first, as a download that is sent while it is read."""
    return StreamingHttpResponse(
        _lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"},
    )


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """The same table whole, for a file whose hash is kept."""
    return "".join(_lines(rows)).encode()


class _Line:
    """A file of which each write is kept as the line to send."""

    def write(self, text: str) -> str:
        return text


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield MARK
    for row in rows:
        yield writer.writerow([safe_cell(value) for value in row])
