"""Words that fit their place, and QR codes of bars that no printer can blur."""

from collections.abc import Sequence

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from merchants.qr import qr_bars
from regions.pdf.document import BOLD, REGULAR

BLACK, WHITE = HexColor("#000000"), HexColor("#ffffff")
SMALLEST = 5.5


def words(
    canvas: Canvas,
    text: str,
    at: tuple[float, float],
    *,
    width: float,
    size: float,
    bold: bool = False,
    centred: bool = True,
) -> None:
    """The text on one line of at most `width` points, smaller where it has to be, cut where it would be too small."""
    font = BOLD if bold else REGULAR
    while stringWidth(text, font, size) > width and size > SMALLEST:
        size -= 0.5
    while stringWidth(text, font, size) > width:
        text = f"{text[:-2]}…"
    canvas.setFont(font, size)
    (canvas.drawCentredString if centred else canvas.drawString)(*at, text)


def lines(canvas: Canvas, texts: Sequence[str], at: tuple[float, float], *, width: float, size: float) -> None:
    """Each text on a line of its own, from `at` down, left-aligned."""
    for number, text in enumerate(texts):
        words(canvas, text, (at[0], at[1] - number * size * 1.6), width=width, size=size, centred=False)


def name(
    canvas: Canvas, text: str, at: tuple[float, float], *, width: float, size: float, centred: bool = True
) -> None:
    """A name in bold, on two lines rather than in small letters; `at` is where the upper one begins."""
    if stringWidth(text, BOLD, size * 0.75) <= width:
        words(canvas, text, at, width=width, size=size, bold=True, centred=centred)
        return
    half = (len(text) + 1) // 2
    # Where the name has a gap of its own near its middle, there.
    cut = min(
        (place for place, sign in enumerate(text) if sign in " 　"), key=lambda place: abs(place - half), default=half
    )
    for number, part in enumerate((text[:cut].strip(), text[cut:].strip())):
        low = at[1] - number * size * 0.95
        words(canvas, part, (at[0], low), width=width, size=size * 0.75, bold=True, centred=centred)


def qr(canvas: Canvas, text: str, at: tuple[float, float], side: float, *, error: str = "q") -> None:
    """A QR with its quiet zone in a white square whose lower left corner is `at`."""
    canvas.saveState()
    canvas.setFillColor(WHITE)
    canvas.rect(*at, side, side, stroke=0, fill=1)
    canvas.setFillColor(BLACK)
    size, bars = qr_bars(text, error=error)
    module = side / size
    for column, row, length in bars:
        # A hair taller than its row, so that no white line shows between two rows.
        low = at[1] + side - (row + 1) * module
        canvas.rect(at[0] + column * module, low - 0.02 * mm, length * module, module + 0.02 * mm, stroke=0, fill=1)
    canvas.restoreState()
