"""The way to a till's QR stand, from wherever a till is shown."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from merchants.models import Till


def stand_link(till: Till) -> str:
    """A link to the page that prints the till's QR stand."""
    if till.pk is None or not (till.is_active and till.store.is_active):
        return "-"
    address = reverse("till-stand", args=[till.region.slug, till.code])
    return format_html('<a class="house-link" href="{}">{}</a>', address, _("Print the QR stand"))
