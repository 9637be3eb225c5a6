"""Figures per region for the first page of the secretariat's site, and the residents' own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from regions.models import Region, Resident
from regions.staff_site import staff_site


@dataclass(frozen=True, slots=True)
class Figure:
    """One value with what it means. `tone` is ok, warn or bad; `note` says why."""

    value: str
    tone: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class RegionFigures:
    """What one room has to say of one region; in the order of the panel's columns."""

    region: Region
    figures: Sequence[Figure]


def figures_panel(
    *, title: str, columns: Sequence[str], rows: Sequence[RegionFigures], note: str = ""
) -> tuple[str, dict[str, Any]]:
    """A panel of figures: large ones for a single region, a table for several."""
    lines = [{"region": row.region, "figures": list(zip(columns, row.figures, strict=True))} for row in rows]
    return "staff/figures.html", {"title": title, "columns": columns, "rows": lines, "note": note}


def residents_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    regions = staff_site.scope(request)
    counts = (
        Resident.objects.filter(region__in=regions).values("region").annotate(all=Count("pk"), signed_in=Count("user"))
    )
    by_region = {row["region"]: row for row in counts}
    listing = reverse("staff:regions_resident_changelist")
    rows = [
        RegionFigures(
            region,
            [
                Figure(f"{by_region.get(region.pk, {}).get('all', 0):,}", url=listing),
                Figure(f"{by_region.get(region.pk, {}).get('signed_in', 0):,}"),
            ],
        )
        for region in regions
    ]
    return figures_panel(title=_("Residents"), columns=[_("on the list"), _("with a sign-in")], rows=rows)
