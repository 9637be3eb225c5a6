"""ReportLab with fonts that a city's printer has never heard of embedded, and the same bytes every time."""

import io
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate

REGULAR = "BIZUDPGothic"
BOLD = "BIZUDPGothic-Bold"
FONTS = Path(__file__).parent / "fonts"
MARGIN = 18 * mm
FOOT = 10 * mm


@cache
def register_fonts() -> None:
    """Make `REGULAR` and `BOLD` known to ReportLab, once a process. Only used glyphs are embedded."""
    for name in (REGULAR, BOLD):
        file = FONTS / f"{name if name == BOLD else name + '-Regular'}.ttf"
        pdfmetrics.registerFont(TTFont(name, file))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def style(size: float = 10, *, bold: bool = False, **more: Any) -> ParagraphStyle:
    """A paragraph style that breaks Japanese lines between any two characters where that is allowed."""
    register_fonts()
    return ParagraphStyle(
        name=f"{size}-{bold}-{sorted(more.items())}",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        **{"leading": size * 1.5, "wordWrap": "CJK", **more},
    )


def canvas_for(out: io.BytesIO, *, title: str, pagesize: tuple[float, float] = A4) -> Canvas:
    """A canvas whose file says nothing of when it was made: the same input gives the same bytes."""
    register_fonts()
    canvas = Canvas(out, pagesize=pagesize, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("Hansatsu")
    return canvas


def document_pdf(title: str, flow: Sequence[Any], *, foot: str, pagesize: tuple[float, float] = A4) -> bytes:
    """The flowables on as many pages as they need, each with `foot` and its number. Same input, same bytes."""
    register_fonts()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=pagesize,
        title=title,
        creator="Hansatsu",
        invariant=1,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + FOOT,
    )
    draw = _foot(foot, pagesize)
    document.build(list(flow), onFirstPage=draw, onLaterPages=draw)
    return out.getvalue()


def _foot(words: str, pagesize: tuple[float, float]) -> Callable[[Canvas, Any], None]:
    def draw(canvas: Canvas, document: Any) -> None:
        canvas.saveState()
        canvas.setFont(REGULAR, 8)
        canvas.drawString(MARGIN, MARGIN, words)
        canvas.drawRightString(pagesize[0] - MARGIN, MARGIN, str(document.page))
        canvas.restoreState()

    return draw
