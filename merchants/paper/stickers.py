"""Stickers for a till: an A4 sheet of ten, cut or on label paper of 91 × 55 mm (margins of 14 and 11 mm)."""

import io
from collections.abc import Iterable

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from merchants.models import Till
from merchants.paper.drawing import BLACK, WHITE, name, qr, words
from merchants.paper.stand import CALL, readable_code
from merchants.qr import till_address
from regions.pdf.document import canvas_for

COLUMNS, ROWS = 2, 5
WIDTH, HEIGHT = 91 * mm, 55 * mm
LEFT, TOP = 14 * mm, 11 * mm
BAND, QR_SIDE = 8 * mm, 43 * mm
TEXT_LEFT, TEXT_WIDTH = 46 * mm, 42 * mm


def stickers_pdf(tills: Iterable[Till]) -> bytes:
    """One sheet for each till, so that no sticker of a sheet can come to another till. Same input, same bytes.

    The tills come with store and region.
    """
    out = io.BytesIO()
    canvas = canvas_for(out, title="QRステッカー", pagesize=A4)
    for till in tills:
        for place in range(COLUMNS * ROWS):
            row, column = divmod(place, COLUMNS)
            canvas.saveState()
            canvas.translate(LEFT + column * WIDTH, A4[1] - TOP - (row + 1) * HEIGHT)
            _sticker(canvas, till)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _sticker(canvas: Canvas, till: Till) -> None:
    region = till.region
    canvas.setStrokeColor(HexColor("#c8c8c8"))
    canvas.setLineWidth(0.3)
    canvas.rect(0, 0, WIDTH, HEIGHT, fill=0)
    canvas.setFillColor(HexColor(region.colour))
    canvas.rect(0, HEIGHT - BAND, WIDTH, BAND, stroke=0, fill=1)
    canvas.setFillColor(WHITE)
    title = f"{region.app_name or region.name} デジタル商品券"
    words(canvas, title, (WIDTH / 2, HEIGHT - 5.6 * mm), width=WIDTH - 6 * mm, size=11, bold=True)
    canvas.setFillColor(BLACK)
    qr(canvas, till_address(till), (2 * mm, 2 * mm), QR_SIDE)
    name(canvas, till.store.name, (TEXT_LEFT, 40 * mm), width=TEXT_WIDTH, size=13, centred=False)
    for text, height, size, bold in (
        (till.store.address or region.name, 32, 7.5, False),
        (till.name, 27, 11, True),
        (CALL, 20, 8, False),
        ("Scan and enter the amount.", 16, 7, False),
        ("読み取れないときの番号", 11, 7, False),
        (readable_code(till), 4.5, 15, True),
    ):
        words(canvas, text, (TEXT_LEFT, height * mm), width=TEXT_WIDTH, size=size, bold=bold, centred=False)
