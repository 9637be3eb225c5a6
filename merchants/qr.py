"""What a till's QR says, and its pictures."""

import io

import segno
from django.conf import settings
from django.urls import reverse

from merchants.models import Till

QUIET_ZONE = 4
PNG_SCALE = 20


def till_address(till: Till) -> str:
    """The public address that a telephone opens: the till, ready to be paid at."""
    public: str = settings.PUBLIC_URL
    return public.rstrip("/") + reverse("pay-till", args=[till.region.slug, till.code])


def qr_svg(text: str) -> bytes:
    """A QR that grows with its box; readable though a quarter of it were scratched or wet."""
    out = io.BytesIO()
    _make(text).save(out, kind="svg", omitsize=True, border=QUIET_ZONE, light="#fff", svgclass=None, lineclass=None)
    return out.getvalue()


def qr_png(text: str) -> bytes:
    """The same for a printer's own layout, a thousand points wide or more."""
    out = io.BytesIO()
    _make(text).save(out, kind="png", scale=PNG_SCALE, border=QUIET_ZONE)
    return out.getvalue()


def _make(text: str) -> segno.QRCode:
    return segno.make(text, micro=False, error="q")
