"""The desk's receipt for cash, on paper."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Spacer, Table

from regions.pdf.document import REGULAR, document_pdf, style
from regions.yen import yen
from vouchers.models import Order
from vouchers.models.checkout import CashEntry


def receipt_pdf(order: Order, entry: CashEntry) -> bytes:
    """A4, the amount large; the same order gives the same bytes."""
    when = date_format(timezone.localtime(entry.at, order.region.tz), _("j F Y, H:i"))
    lines = [
        [line.unit.name, f"{line.units} × {yen(line.price)}", yen(line.amount)]
        for line in order.lines.select_related("unit")
    ]
    table = Table([*lines, [_("Total"), "", yen(order.amount)]], colWidths=[90 * mm, 45 * mm, 35 * mm])
    table.setStyle([("FONTNAME", (0, 0), (-1, -1), REGULAR), ("ALIGN", (1, 0), (-1, -1), "RIGHT")])
    flow = [
        Paragraph(_("Receipt"), style(20, bold=True)),
        Spacer(1, 6 * mm),
        Paragraph(escape(_("To %(name)s") % {"name": order.resident.name}), style(14)),
        Paragraph(yen(order.amount), style(24, bold=True)),
        Paragraph(escape(_("Received in cash for %(what)s.") % {"what": order.programme.name}), style(11)),
        Spacer(1, 6 * mm),
        table,
        Spacer(1, 6 * mm),
        Paragraph(escape(f"{_('Order number')} {order.number}"), style(11)),
        Paragraph(escape(f"{_('Received')} {when}"), style(11)),
        Paragraph(escape(f"{order.region.name} {order.region.contact_name} {order.region.contact_phone}"), style(11)),
    ]
    return document_pdf(f"{_('Receipt')} {order.number}", flow, foot=f"{order.region.name} {order.number}")
