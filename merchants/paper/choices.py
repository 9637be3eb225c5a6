"""What can be printed for a till, by the names that addresses use."""

from collections.abc import Callable, Sequence
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from merchants.models import Till
from merchants.paper.stand import stands_pdf
from merchants.paper.stickers import stickers_pdf

PAPERS: dict[str, tuple[str | Promise, Callable[[Sequence[Till]], bytes]]] = {
    "stand-a5": (_("QR stand, A5 (half a sheet)"), partial(stands_pdf, size="a5")),
    "stand-a6": (_("QR stand, A6 (postcard)"), partial(stands_pdf, size="a6")),
    "stand-a4": (_("QR poster, A4"), partial(stands_pdf, size="a4")),
    "stickers": (_("QR stickers, ten on an A4 sheet"), stickers_pdf),
}
