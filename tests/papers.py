"""Paper as a camera sees it: a page's filled rectangles, put on a picture. Enough for QR codes."""

import io
from typing import Any

import cv2
import numpy as np
from pypdf import PdfReader
from pypdf.generic import ContentStream

POINTS_PER_INCH = 72


def photograph(pdf: bytes, page: int, *, dpi: int = 300) -> Any:
    """A grey picture of a page, of its filled rectangles only: no words, so none can help or disturb a reader."""
    reader = PdfReader(io.BytesIO(pdf))
    found = reader.pages[page]
    scale = dpi / POINTS_PER_INCH
    width, height = (float(side) * scale for side in (found.mediabox.width, found.mediabox.height))
    picture = np.full((round(height), round(width)), 255, np.uint8)
    matrix, grey, stack, pending = np.eye(3), 0, [], []
    for operands, operator in ContentStream(found.get_contents(), reader).operations:
        numbers = [float(number) for number in operands if isinstance(number, int | float)]
        if operator == b"q":
            stack.append((matrix, grey))
        elif operator == b"Q":
            matrix, grey = stack.pop()
        elif operator == b"cm":
            a, b, c, d, e, f = numbers
            matrix = np.array([[a, b, 0], [c, d, 0], [e, f, 1]]) @ matrix
        elif operator == b"rg":
            grey = round(255 * (0.3 * numbers[0] + 0.59 * numbers[1] + 0.11 * numbers[2]))
        elif operator == b"re":
            pending.append((numbers, matrix))
        elif operator in (b"f", b"f*"):
            for (x, y, w, h), at in pending:
                (left, low, _), (right, top, _) = (np.array([x, y, 1]) @ at, np.array([x + w, y + h, 1]) @ at)
                rows = slice(round(height - top * scale), round(height - low * scale))
                picture[rows, round(left * scale) : round(right * scale)] = grey
            pending = []
        elif operator in (b"S", b"n"):
            pending = []
    return picture


def codes_on(pdf: bytes, page: int) -> list[str]:
    """What a reader that is not ours reads on the page, every code that is in sight at once."""
    _found, texts, _points, _straight = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(photograph(pdf, page))
    return [text for text in texts if text]


def text_of(pdf: bytes, page: int) -> str:
    return PdfReader(io.BytesIO(pdf)).pages[page].extract_text()
