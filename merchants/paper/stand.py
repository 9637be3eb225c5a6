"""A till's stand: the customers' side with one QR, and the shop's side with everything that is not for customers.

A telephone's camera must never have two codes before it, so the code that only apps for payments can read stands on
the back (docs/adr/0012).
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, A5, A6
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from merchants.models import CODE_LENGTH, Till
from merchants.paper.drawing import BLACK, WHITE, lines, name, qr, words
from merchants.qr import till_address, till_payload
from regions.models import Region
from regions.pdf.document import canvas_for

# All of them have one shape, so that one drawing, made for A5, serves them all.
SIZES = {"a4": A4, "a5": A5, "a6": A6}
WIDTH, HEIGHT = A5
BAND = 24 * mm
INNER = WIDTH - 20 * mm
FRONT_QR, BACK_QR = 82 * mm, 42 * mm
QUIET = HexColor("#4a4a4a")

CALL = "QRを読み取って金額を入れてください"
CALL_ENGLISH = "Scan the QR code and enter the amount."
IF_OTHER = "画面のお店の名前がこの表示と違うときは、支払わずにお店の人に伝えてください。"
FOR_STAFF = (
    "1. お客さまの画面が「支払い完了」で、帯が動いているか見ます。",
    "2. 金額、お店の名前、時刻を確かめます。",
    "3. 画面の「合言葉」が、レジの画面か合言葉表と同じか見ます。",
    "4. 「確認中」のあいだは待ちます。画面はひとりでに変わります。",
    "5. 迷ったら取扱店ポータルの一覧を見るか、事務局に電話します。",
)
SWAPPED = "ときどきこのQRを読み取り、自分のお店の名前が出るか確かめてください。"


@dataclass(frozen=True, slots=True)
class Page:
    """What is drawn upon: in A5's measures, whatever the paper's size."""

    canvas: Canvas
    till: Till

    @property
    def region(self) -> Region:
        return self.till.region


def stands_pdf(tills: Iterable[Till], *, size: str) -> bytes:
    """Two pages for each till, front and back, on paper of the size (a key of `SIZES`). Same input, same bytes.

    The tills come with store and region.
    """
    out = io.BytesIO()
    paper = SIZES[size]
    canvas = canvas_for(out, title="QRスタンド", pagesize=paper)
    for till in tills:
        for draw in (_front, _back):
            canvas.saveState()
            canvas.scale(paper[0] / WIDTH, paper[1] / HEIGHT)
            draw(Page(canvas, till))
            canvas.restoreState()
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def readable_code(till: Till) -> str:
    """The code as it is read aloud: in two halves."""
    half = CODE_LENGTH // 2
    return f"{till.code[:half]} {till.code[half:]}"


def _front(page: Page) -> None:
    canvas, till, middle = page.canvas, page.till, WIDTH / 2
    _band(page, page.region.app_name or page.region.name, "デジタル商品券が使えます")
    words(canvas, CALL, (middle, 176 * mm), width=INNER, size=17, bold=True)
    words(canvas, CALL_ENGLISH, (middle, 169.5 * mm), width=INNER, size=10)
    qr(canvas, till_address(till), (middle - FRONT_QR / 2, 85 * mm), FRONT_QR)
    canvas.setFillColor(QUIET)
    words(canvas, "読み取れないときはこの番号 / Code", (middle, 80 * mm), width=INNER, size=9)
    canvas.setFillColor(BLACK)
    words(canvas, readable_code(till), (middle, 69 * mm), width=INNER, size=28, bold=True)
    canvas.setStrokeColor(HexColor(page.region.colour))
    canvas.setLineWidth(1.2)
    canvas.line(10 * mm, 63 * mm, WIDTH - 10 * mm, 63 * mm)
    name(canvas, till.store.name, (middle, 53 * mm), width=INNER, size=22)
    words(canvas, till.store.address or page.region.name, (middle, 40.5 * mm), width=INNER, size=11)
    words(canvas, till.name, (middle, 32 * mm), width=INNER, size=15, bold=True)
    canvas.setFillColor(QUIET)
    words(canvas, IF_OTHER, (middle, 23 * mm), width=INNER, size=8.5)
    words(canvas, contact(page.region), (middle, 15 * mm), width=INNER, size=8.5)


def _back(page: Page) -> None:
    canvas, till = page.canvas, page.till
    _band(page, "お店の人の面", f"{till.store.name} {till.name}")
    words(canvas, "支払いの確かめ方", (10 * mm, 174 * mm), width=INNER, size=15, bold=True, centred=False)
    lines(canvas, FOR_STAFF, (10 * mm, 164 * mm), width=INNER, size=10.5)
    words(canvas, SWAPPED, (10 * mm, 130 * mm), width=INNER, size=10, bold=True, centred=False)
    canvas.setStrokeColor(QUIET)
    canvas.roundRect(10 * mm, 56 * mm, INNER, 66 * mm, 3 * mm)
    title = "お客さまには見せないQR(決済アプリ・POS用)"
    words(canvas, title, (15 * mm, 113 * mm), width=INNER - 10 * mm, size=12, bold=True, centred=False)
    # Read from near by, undamaged, behind the counter: less need of spare modules, and larger ones.
    qr(canvas, till_payload(till), (14 * mm, 62 * mm), BACK_QR + 4 * mm, error="m")
    about = (
        "EMVCo・JPQR形式です。",
        "スマートフォンのカメラでは",
        "支払いの画面は開きません。",
        "お客さまには表のQRを",
        "読み取ってもらってください。",
        f"レジの番号 {readable_code(till)}",
    )
    lines(canvas, about, (64 * mm, 103 * mm), width=70 * mm, size=10)
    words(canvas, contact(page.region), (10 * mm, 46 * mm), width=INNER, size=11, bold=True, centred=False)


def _band(page: Page, small: str, large: str) -> None:
    canvas = page.canvas
    canvas.setFillColor(HexColor(page.region.colour))
    canvas.rect(0, HEIGHT - BAND, WIDTH, BAND, stroke=0, fill=1)
    canvas.setFillColor(WHITE)
    words(canvas, small, (WIDTH / 2, HEIGHT - 9 * mm), width=INNER, size=12)
    words(canvas, large, (WIDTH / 2, HEIGHT - 19 * mm), width=INNER, size=20, bold=True)
    canvas.setFillColor(BLACK)


def contact(region: Region) -> str:
    """Whom to ask, as it stands at the foot of whatever is printed."""
    return " ".join(filter(None, (region.contact_name, region.contact_phone, region.contact_hours)))
