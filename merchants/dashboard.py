"""Stores and tills on the first page of the secretariat's site."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from merchants.models import Store, Till
from regions.dashboard import Figure, RegionFigures, figures_panel
from regions.staff_site import staff_site


def stores_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    regions = staff_site.scope(request)
    stores = Store.objects.filter(region__in=regions).values("region")
    counts = {
        row["region"]: row for row in stores.annotate(open=Count("pk", filter=Q(is_active=True)), all=Count("pk"))
    }
    open_tills = Till.objects.filter(region__in=regions, is_active=True, store__is_active=True)
    tills = dict(open_tills.values_list("region").annotate(Count("pk")))
    listing = reverse("staff:merchants_store_changelist")
    rows = [
        RegionFigures(
            region,
            [
                Figure(f"{counts.get(region.pk, {}).get('open', 0):,}", url=listing),
                Figure(f"{tills.get(region.pk, 0):,}"),
            ],
        )
        for region in regions
    ]
    return figures_panel(title=_("Stores"), columns=[_("taking payments"), _("tills")], rows=rows)
