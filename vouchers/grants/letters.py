"""Letters that bring a code: A4, the address where a window envelope shows it, a QR that opens the page.

A code exists on paper only. Printing again makes a new one, and the one before opens nothing any more; each
print is written down.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import segno
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from regions.models import Region, User
from regions.pdf.document import BOLD, REGULAR, canvas_for, style
from regions.yen import yen
from vouchers.errors import NotClaimable
from vouchers.grants.codes import grouped, hash_of, new_code
from vouchers.models import Entitlement, EntitlementState, GrantEvent, GrantEventKind, GrantList

LETTERS_PER_PRINT = 500
WIDTH, HEIGHT = A4
LEFT = 22 * mm
# Where the window of a 長形3号 envelope is when the sheet is folded in three.
ADDRESS_TOP = HEIGHT - 22 * mm
LINE = 6 * mm
QR_SIZE = 34 * mm


@dataclass(frozen=True, slots=True)
class Letter:
    """One entitlement, its people at hand, and the code that only this paper has."""

    row: Entitlement
    code: str


def print_letters(grant_list: GrantList, *, by: User, now: datetime | None = None) -> bytes:
    """A PDF with the letters that have not been printed yet, at most LETTERS_PER_PRINT. Raise NotClaimable for none."""
    at = now or timezone.now()
    with transaction.atomic():
        waiting = Entitlement.objects.filter(
            grant_list=grant_list, state=EntitlementState.OFFERED, printed_at__isnull=True
        )
        rows = list(
            waiting.select_related("resident", "child", "programme", "ticket_type")
            .order_by("line")
            .select_for_update(of=("self",), skip_locked=True)[:LETTERS_PER_PRINT]
        )
        if not rows:
            raise NotClaimable
        letters = _give_codes(rows, by=by, at=at)
        return letters_pdf(grant_list.region, letters)


def print_again(entitlement_id: UUID, *, by: User, now: datetime | None = None) -> bytes:
    """A PDF with one letter and a new code; a code that was printed before opens nothing. Raise NotClaimable."""
    with transaction.atomic():
        row = _lock(entitlement_id)
        return letters_pdf(row.region, _give_codes([row], by=by, at=now or timezone.now()))


@transaction.atomic
def write_code(entitlement_id: UUID, *, by: User) -> str:
    """A new code for an entitlement; the one before opens nothing any more. Raise NotClaimable."""
    return _give_codes([_lock(entitlement_id)], by=by, at=timezone.now())[0].code


def _lock(entitlement_id: UUID) -> Entitlement:
    offered = Entitlement.objects.filter(pk=entitlement_id, state=EntitlementState.OFFERED)
    related = ("region", "resident", "child", "programme", "ticket_type")
    row: Entitlement | None = offered.select_related(*related).select_for_update(of=("self",)).first()
    if row is None:
        raise NotClaimable
    return row


def _give_codes(rows: Sequence[Entitlement], *, by: User, at: datetime) -> list[Letter]:
    letters = [Letter(row, new_code()) for row in rows]
    for letter in letters:
        letter.row.code_hash = hash_of(letter.row.region_id, letter.code)
        letter.row.printed_at = at
    Entitlement.objects.bulk_update(rows, ["code_hash", "printed_at"])
    GrantEvent.objects.bulk_create(
        GrantEvent(region_id=row.region_id, entitlement=row, kind=GrantEventKind.PRINTED, by=by, at=at) for row in rows
    )
    return letters


def letters_pdf(region: Region, letters: Sequence[Letter]) -> bytes:
    """One page each."""
    out = io.BytesIO()
    canvas = canvas_for(out, title=_("Letters"))
    for letter in letters:
        _address(canvas, letter.row)
        _text(canvas, region, letter)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def claim_address(region: Region) -> str:
    public: str = settings.PUBLIC_URL
    return public.rstrip("/") + reverse("grant-claim", args=[region.slug])


def _address(canvas: Canvas, row: Entitlement) -> None:
    resident = row.resident
    lines = [f"〒{resident.postcode}" if resident.postcode else "", *_folded(resident.address, 22)]
    canvas.setFont(REGULAR, 11)
    for place, line in enumerate(lines):
        canvas.drawString(LEFT, ADDRESS_TOP - place * LINE, line)
    canvas.setFont(BOLD, 13)
    canvas.drawString(LEFT, ADDRESS_TOP - (len(lines) + 0.5) * LINE, f"{resident.name} 様")


def _folded(text: str, width: int) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)]


def _text(canvas: Canvas, region: Region, letter: Letter) -> None:
    row = letter.row
    top = HEIGHT - 100 * mm
    canvas.setFont(BOLD, 15)
    canvas.drawString(LEFT, top, _("Vouchers for you: %(programme)s") % {"programme": row.programme.name})
    facts = [(_("amount"), yen(row.amount)), (_("ticket type"), row.ticket_type.name)]
    if row.child:
        facts.append((_("for"), row.child.name))
    if row.claim_until_on:
        facts.append((_("claim by"), row.claim_until_on.isoformat()))
    last_day = timezone.localtime(row.expires_at - timedelta(microseconds=1), region.tz).date()
    facts.append((_("usable until"), last_day.isoformat()))
    canvas.setFont(REGULAR, 11)
    for place, (name, value) in enumerate(facts, start=2):
        canvas.drawString(LEFT, top - place * LINE, f"{name}: {value}")
    below = top - (len(facts) + 4) * LINE
    canvas.setFont(REGULAR, 10)
    canvas.drawString(LEFT, below, _("Your code (it works once, and only for you)"))
    canvas.setFont(BOLD, 20)
    canvas.drawString(LEFT, below - 10 * mm, grouped(letter.code))
    # The code is behind the #, which no browser sends to a server, so it stands in no log.
    picture = io.BytesIO()
    segno.make(f"{claim_address(region)}#{letter.code}", micro=False, error="m").save(picture, kind="png", scale=6)
    picture.seek(0)
    canvas.drawImage(ImageReader(picture), LEFT, below - 50 * mm, QR_SIZE, QR_SIZE)
    words = _("Scan this with your telephone, or open %(address)s, sign in and type the code.") % {
        "address": claim_address(region)
    }
    office = _("Without a telephone: bring this letter to %(office)s. %(phone)s") % {
        "office": region.contact_name,
        "phone": region.contact_phone,
    }
    for place, sentence in enumerate((words, office)):
        paragraph = Paragraph(sentence, style(10))
        paragraph.wrap(110 * mm, 40 * mm)
        paragraph.drawOn(canvas, LEFT + QR_SIZE + 6 * mm, below - 28 * mm - place * 18 * mm)
