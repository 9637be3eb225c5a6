"""A statement on paper: what is paid and when, how it comes about, and every payment. Same input, same bytes."""

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.platypus import LongTable, Paragraph, Spacer, Table, TableStyle
from reportlab.platypus.flowables import Flowable

from payments.models import Statement
from payments.settlement.sheet import SheetLine, lines_of, sums_of
from regions.pdf.document import BOLD, REGULAR, document_pdf, register_fonts, style

INK, LINE, SHADE = colors.HexColor("#1b2330"), colors.HexColor("#b9c1cd"), colors.HexColor("#eef1f6")
# Of what the page leaves between its margins, in millimetres.
LINE_WIDTHS = [34 * mm, 22 * mm, 33 * mm, 26 * mm, 37 * mm, 22 * mm]
SUM_WIDTHS = [60 * mm, 40 * mm]
# So much of a name fits its column.
TILL_FITS, PROGRAMME_FITS = 8, 12


def statement_pdf(statement: Statement) -> bytes:
    """The statement as PDF in the language that is active, from what was frozen when it was closed."""
    register_fonts()
    title = f"{_('Statement of settlement')} {statement.number}"
    foot = f"{statement.number}  {_('check number')} {statement.content_hash[:16]}"
    return document_pdf(title, list(_flow(statement)), foot=foot)


def _flow(statement: Statement) -> Iterator[Flowable]:
    head = statement.letterhead
    yield _words(_("Statement of settlement"), 18, bold=True)
    yield Spacer(1, 4 * mm)
    yield Table(
        [[_to(statement), _from(statement)]], colWidths=[92 * mm, 82 * mm], style=[("VALIGN", (0, 0), (-1, -1), "TOP")]
    )
    yield Spacer(1, 5 * mm)
    yield _words(_paid(statement), 13, bold=True)
    yield Spacer(1, 3 * mm)
    yield _sums(statement)
    if statement.fee:
        yield Spacer(1, 3 * mm)
        yield from (_words(sentence, 9) for sentence in _fee(statement))
    if statement.carried_out:
        yield Spacer(1, 3 * mm)
        yield _words(_carried(statement), 9)
    yield Spacer(1, 6 * mm)
    yield _words(_("Each payment and refund"), 12, bold=True)
    yield Spacer(1, 2 * mm)
    yield from _lines(statement)
    yield Spacer(1, 4 * mm)
    contact = f"{head['office']} {head['office_phone']} {head['office_hours']}".strip()
    yield _words(_("Questions: %(contact)s") % {"contact": contact}, 9)


def _to(statement: Statement) -> list[Paragraph]:
    head = statement.letterhead
    store = f"{head['store']} ({head['store_no']})"
    return [_words(_("To %(name)s") % {"name": head["merchant"]}, 13, bold=True), _words(store, 10)]


def _from(statement: Statement) -> list[Paragraph]:
    head = statement.letterhead
    facts = [
        (_("statement number"), statement.number),
        (_("period"), f"{_day(statement.first_on)} - {_day(statement.last_on)}"),
        (_("closed"), _day(statement.closed_at)),
        (_("programme"), head["programme"] or _("all programmes")),
    ]
    lines = [_words(f"{head['region']} {head['office']}", 10, bold=True)]
    if statement.fee and head["invoice_number"]:
        facts.append((_("registration number"), head["invoice_number"]))
    return lines + [_words(f"{name}: {value}", 9) for name, value in facts]


def _paid(statement: Statement) -> str:
    facts = {"yen": f"{statement.net:,}", "day": _day(statement.pay_on)}
    if statement.net:
        return _("%(yen)s yen will be transferred on %(day)s.") % facts
    return _("Nothing is transferred for this period.")


def _sums(statement: Statement) -> Table:
    counts = [
        _("payments: %(count)s") % {"count": f"{statement.payments_count:,}"},
        _("refunds: %(count)s") % {"count": f"{statement.refunds_count:,}"},
    ]
    rows = [[words, f"{yen:,}"] for words, yen in sums_of(statement)]
    for row, count in zip(rows, counts, strict=False):
        row.append(count)
    for row in rows[2:]:
        row.append("")
    found = Table(rows, colWidths=[*SUM_WIDTHS, 40 * mm], hAlign="LEFT")
    found.setStyle(
        TableStyle(
            [
                *_plain(10),
                ("ALIGN", (1, 0), (1, -1), "RIGHT"),
                ("FONT", (0, -1), (-1, -1), BOLD, 11),
                ("BACKGROUND", (0, -1), (-1, -1), SHADE),
            ]
        )
    )
    return found


def _fee(statement: Statement) -> Iterator[str]:
    head = statement.letterhead
    rate = f"{head['fee_bp'] // 100}.{head['fee_bp'] % 100:02}"
    yield _("Fee: %(rate)s %% of payments less refunds, and %(fixed)s yen for the transfer.") % {
        "rate": rate,
        "fixed": f"{head['fee_fixed']:,}",
    }
    yield _("At 10 %%: %(fee)s yen with tax, of which consumption tax %(tax)s yen.") % {
        "fee": f"{statement.fee:,}",
        "tax": f"{head['tax_in_fee']:,}",
    }
    if head["invoice_number"]:
        yield _("This statement is a qualified invoice for the fee. Issuer: %(issuer)s, %(number)s") % {
            "issuer": f"{head['region']} {head['office']}",
            "number": head["invoice_number"],
        }


def _carried(statement: Statement) -> str:
    facts = {"yen": f"{abs(statement.carried_out):,}", "minimum": f"{statement.letterhead['minimum']:,}"}
    if statement.carried_out < 0:
        return _("More was refunded than paid: %(yen)s yen are taken off the next statement.") % facts
    return _("Less than %(minimum)s yen is not transferred: %(yen)s yen are added to the next statement.") % facts


def _lines(statement: Statement) -> Iterator[Flowable]:
    lines = list(lines_of(statement))
    if not lines:
        yield _words(_("There were none in this period."), 9)
        return
    head = [_("date and time"), _("what"), _("payment number"), _("till"), _("programme"), _("amount (yen)")]
    found = LongTable([head, *map(_row, lines)], colWidths=LINE_WIDTHS, repeatRows=1)
    found.setStyle(
        TableStyle(
            [
                *_plain(8),
                ("ALIGN", (5, 0), (5, -1), "RIGHT"),
                ("FONT", (0, 0), (-1, 0), BOLD, 8),
                ("BACKGROUND", (0, 0), (-1, 0), SHADE),
            ]
        )
    )
    yield found
    if any(line.is_late for line in lines):
        yield _words(_("* of an earlier period, written after that was closed"), 8)


def _row(line: SheetLine) -> list[str]:
    what = f"{line.what}*" if line.is_late else line.what
    till, programme = _cut(line.till, TILL_FITS), _cut(line.programme, PROGRAMME_FITS)
    return [line.time, what, line.number, till, programme, f"{line.amount:,}"]


def _plain(size: int) -> list[Any]:
    return [
        ("FONT", (0, 0), (-1, -1), REGULAR, size),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]


def _words(text: str, size: int, *, bold: bool = False) -> Paragraph:
    """A paragraph of plain text: a name with an ampersand in it is no markup."""
    return Paragraph(escape(text), style(size, bold=bold))


def _cut(text: str, fits: int) -> str:
    return text if len(text) <= fits else f"{text[: fits - 1]}…"


def _day(day: object) -> str:
    return date_format(day, "Y/m/d")  # type: ignore[arg-type]
