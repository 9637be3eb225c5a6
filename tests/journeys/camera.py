"""What a browser's pretended camera sees: a QR held in front of it, as a film of raw pictures."""

from pathlib import Path

import segno

WIDTH, HEIGHT, FRAMES = 640, 480, 5
WHITE, BLACK, GREY = b"\xeb", b"\x10", b"\x80"


def film_of(text: str, path: Path) -> Path:
    """Write a Y4M film of a QR of `text` in the middle of white paper; Chromium plays it over and over."""
    matrix = [[bool(module) for module in row] for row in segno.make(text, micro=False).matrix_iter(border=4)]
    scale = HEIGHT // len(matrix)
    side = (WIDTH - scale * len(matrix)) // 2
    rows = []
    for modules in matrix:
        bars = b"".join((BLACK if is_dark else WHITE) * scale for is_dark in modules)
        rows += [(WHITE * side + bars).ljust(WIDTH, WHITE)] * scale
    luma = b"".join(rows).ljust(WIDTH * HEIGHT, WHITE)
    frame = b"FRAME\n" + luma + GREY * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * FRAMES)
    return path
