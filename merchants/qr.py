"""What a till's QR says, and its pictures."""

import io
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.urls import reverse

from merchants.emv import CITY_MAX, IDENTIFIER_MAX, NAME_MAX, TillPayload, write_payload
from merchants.latin import latin, trade_code
from merchants.models import Till

QUIET_ZONE = 4
PNG_SCALE = 20
POSTCODE = re.compile(r"〒?\s*(\d{3})-?(\d{4})")


def till_address(till: Till) -> str:
    """The public address that a telephone opens: the till, ready to be paid at."""
    return public_address(reverse("pay-till", args=[till.region.slug, till.code]))


def public_address(path: str) -> str:
    public: str = settings.PUBLIC_URL
    return public.rstrip("/") + path


def platform_identifier() -> str:
    """Whose payment codes ours are: the platform's public name backwards, as identifiers of this kind are written."""
    labels = (urlsplit(settings.PUBLIC_URL).hostname or "hansatsu").split(".")[::-1]
    while len(".".join(labels)) > IDENTIFIER_MAX and len(labels) > 1:
        labels.pop()
    return ".".join(labels)[:IDENTIFIER_MAX]


def till_payload(till: Till, *, amount: int | None = None, reference: str = "", address: str = "") -> str:
    """What apps for payments read: the till, or one purchase at it, in EMVCo's form."""
    store, region = till.store, till.region
    postcode = POSTCODE.search(store.postcode or store.address)
    payload = TillPayload(
        identifier=platform_identifier(),
        region=region.slug,
        till=till.code,
        name=latin(store.kana or store.name, instead=f"SHOP {store.store_no}")[:NAME_MAX],
        city=latin(region.name_en or region.slug, instead=region.slug.upper())[:CITY_MAX],
        address=address or till_address(till),
        local_name=store.name,
        postcode="".join(postcode.groups()) if postcode else "",
        category=trade_code(store.category),
        amount=amount,
        reference=reference,
    )
    return write_payload(payload)


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


def qr_bars(text: str, *, error: str = "q") -> tuple[int, Iterator[tuple[int, int, int]]]:
    """How many modules wide it is, quiet zone included, and its black bars as (column, row from above, length)."""
    code = _make(text, error)
    size, _height = code.symbol_size(border=QUIET_ZONE)
    return int(size), _bars(code)


def _bars(code: segno.QRCode) -> Iterator[tuple[int, int, int]]:
    for row, modules in enumerate(code.matrix_iter(border=QUIET_ZONE)):
        for run in re.finditer(b"\x01+", bytes(bool(module) for module in modules)):
            yield run.start(), row, run.end() - run.start()


def _make(text: str, error: str = "q") -> segno.QRCode:
    # Left to itself the library would write Japanese in Shift JIS, and readers expect UTF-8.
    return segno.make(text, micro=False, error=error, encoding="utf-8")
