"""The words of one till for one day on paper, for a shop that is without a network: the very words of the screens.

A column for each hour and a line for each minute, at most eight hours to a page, in letters that can be read
without glasses. The words are worked out here; the key they come from never leaves the platform.
"""

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from merchants.models import Till
from merchants.paper.drawing import BLACK, WHITE, words
from merchants.paper.stand import contact
from payments.proof import word_of_the_minute
from regions.pdf.document import canvas_for

HOURS_ON_A_PAGE = 8
# Tables for days that are further away would only lie about.
DAYS_AHEAD = 7
LEFT, RIGHT, TOP, BOTTOM = 10 * mm, 10 * mm, 38 * mm, 12 * mm
MINUTES_WIDTH, HEAD = 9 * mm, 6 * mm
STRIPE = HexColor("#eef1f5")
WEEKDAYS = "月火水木金土日"


def words_of_hour(till: Till, day: date, hour: int, tz: ZoneInfo) -> list[str]:
    """The till's sixty words of an hour of a day by the region's clocks."""
    begin = datetime.combine(day, time(hour), tzinfo=tz)
    return [word_of_the_minute(till, begin + timedelta(minutes=minute)) for minute in range(60)]


def word_table_pdf(till: Till, *, day: date, first_hour: int, last_hour: int) -> bytes:
    """The table of the hours from `first_hour` to before `last_hour` (0 to 24). Same input, same bytes."""
    hours = list(range(first_hour, last_hour))
    pages = ceil(len(hours) / HOURS_ON_A_PAGE)
    each = ceil(len(hours) / pages)
    out = io.BytesIO()
    canvas = canvas_for(out, title="合言葉表", pagesize=A4)
    for start in range(0, len(hours), each):
        shown = hours[start : start + each]
        _title(canvas, till, day, shown)
        _table(canvas, till, day, shown)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def is_printable(day: date, *, today: date) -> bool:
    """Whether a table of the day may be printed: of today, and of the week that follows."""
    return today <= day <= today + timedelta(days=DAYS_AHEAD)


def _title(canvas: Canvas, till: Till, day: date, hours: Sequence[int]) -> None:
    width = A4[0] - LEFT - RIGHT
    canvas.setFillColor(HexColor(till.region.colour))
    canvas.rect(0, A4[1] - 16 * mm, A4[0], 16 * mm, stroke=0, fill=1)
    canvas.setFillColor(WHITE)
    dated = f"{day.year}年{day.month}月{day.day}日({WEEKDAYS[day.weekday()]}) {hours[0]}時〜{hours[-1] + 1}時"
    words(canvas, f"合言葉表 {dated}", (LEFT, A4[1] - 11 * mm), width=width, size=19, bold=True, centred=False)
    canvas.setFillColor(BLACK)
    place = f"{till.store.name} {till.name}"
    words(canvas, place, (LEFT, A4[1] - 22 * mm), width=width, size=12, bold=True, centred=False)
    use = "この日だけ有効。お客さまの画面の時刻の欄を見て、合言葉が同じなら支払い済みです。ちがえば電話で確かめます。"
    words(canvas, use, (LEFT, A4[1] - 27.5 * mm), width=width, size=9, centred=False)
    foot = f"お店の外に出さず、翌日には捨ててください。 {contact(till.region)}"
    words(canvas, foot, (LEFT, 6 * mm), width=width, size=8, centred=False)


def _table(canvas: Canvas, till: Till, day: date, hours: Sequence[int]) -> None:
    columns = [words_of_hour(till, day, hour, till.region.tz) for hour in hours]
    width = (A4[0] - LEFT - RIGHT - MINUTES_WIDTH) / len(hours)
    row = (A4[1] - TOP - BOTTOM) / 60
    top = A4[1] - TOP
    for number, hour in enumerate(hours):
        middle = LEFT + MINUTES_WIDTH + (number + 0.5) * width
        words(canvas, f"{hour}時", (middle, top + 1.5 * mm), width=width, size=12, bold=True)
    for minute in range(60):
        low = top - (minute + 1) * row
        if minute // 5 % 2:
            canvas.setFillColor(STRIPE)
            canvas.rect(LEFT, low, A4[0] - LEFT - RIGHT, row, stroke=0, fill=1)
            canvas.setFillColor(BLACK)
        base = low + row * 0.26
        words(canvas, f"{minute:02}", (LEFT + MINUTES_WIDTH / 2, base), width=MINUTES_WIDTH, size=9, bold=True)
        for number, column in enumerate(columns):
            middle = LEFT + MINUTES_WIDTH + (number + 0.5) * width
            words(canvas, column[minute], (middle, base), width=width - 1 * mm, size=10)
    canvas.setStrokeColor(HexColor("#9aa3b2"))
    canvas.setLineWidth(0.4)
    for number in range(len(hours) + 1):
        at = LEFT + MINUTES_WIDTH + number * width
        canvas.line(at, top - 60 * row, at, top + HEAD)
