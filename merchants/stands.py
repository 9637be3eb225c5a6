"""The ways to what is printed for tills, from wherever a till, a store or a merchant is shown."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from merchants.models import Merchant, Store, Till
from merchants.paper.choices import PAPERS

Links = list[tuple[str | Promise, str]]


def stand_link(till: Till) -> str:
    """A link to the page that prints the till's QR stand."""
    if till.pk is None or not (till.is_active and till.store.is_active):
        return "-"
    address = reverse("till-stand", args=[till.region.slug, till.code])
    return format_html('<a class="house-link" href="{}">{}</a>', address, _("Print the QR stand"))


def papers_of(row: Till | Store | Merchant) -> Links:
    """What can be printed for a till, or for all tills of a store or a merchant: words and address of each."""
    name, key = {
        Till: ("till-paper", getattr(row, "code", "")),
        Store: ("store-papers", row.pk),
        Merchant: ("merchant-papers", row.pk),
    }[type(row)]
    return [(title, reverse(name, args=[row.region.slug, key, paper])) for paper, (title, _make) in PAPERS.items()]


def papers_panel(request: HttpRequest, row: Till | Store | Merchant) -> tuple[str, dict[str, Any]]:
    """Beside a till's, a store's or a merchant's own page at either site."""
    return "merchants/papers.html", {"papers": papers_of(row), "is_one": isinstance(row, Till)}
