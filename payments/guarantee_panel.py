"""What each region stands for at this moment, on the first page of the secretariat's site; it keeps itself current.

The answer for the script is always the whole picture, so that a lost one is made good by the next.
"""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.guarantee import Exposure, exposures
from regions.dashboard import Figure
from regions.models import OutagePolicy, Region
from regions.staff_site import staff_site
from regions.yen import yen

NOTHING = Figure("-")
# Shares of the limit in percent, above which the office should look, and above which it must.
WARN_ABOVE, BAD_ABOVE = 50, 90


def guarantees_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The figures as they are now; without a script they stay so until the page is opened again."""
    columns = [_("guaranteed now"), _("number of payments"), _("limit"), _("share of the limit")]
    return "staff/guarantees.html", {
        "columns": columns,
        "rows": [(region, list(zip(columns, figures, strict=True))) for region, figures in _rows(request)],
        "address": reverse("staff:guarantees"),
        "at": _clock(),
    }


def guarantees_view(request: HttpRequest) -> JsonResponse:
    """The same for the script that asks every few seconds; `after` is the mark of the picture that it has."""
    rows = [
        {"region": str(region.pk), "figures": [{"value": figure.value, "tone": figure.tone} for figure in figures]}
        for region, figures in _rows(request)
    ]
    mark = hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]
    changed = {} if request.GET.get("after") == mark else {"rows": rows}
    return JsonResponse({"mark": mark, "at": _clock(), **changed})


def _rows(request: HttpRequest) -> list[tuple[Region, list[Figure]]]:
    regions = staff_site.scope(request)
    found = exposures(regions)
    return [(region, _figures(region, found[region.pk])) for region in regions]


def _figures(region: Region, exposure: Exposure) -> list[Figure]:
    # What was guaranteed before the policy was changed still stands, and is shown for as long as it does.
    if region.outage_policy != OutagePolicy.ACCEPT and not exposure.count:
        return [NOTHING] * 4
    share = _share(exposure)
    tone = _tone(share)
    return [
        Figure(yen(exposure.amount), tone),
        Figure(f"{exposure.count:,}"),
        Figure(yen(exposure.limit)),
        Figure(f"{share:.0f} %", tone),
    ]


def _share(exposure: Exposure) -> float:
    """Percent of the limit; a limit that was set to nothing is used up by anything."""
    if exposure.limit:
        return 100 * exposure.amount / exposure.limit
    return 100.0 if exposure.amount else 0.0


def _tone(share: float) -> str:
    if share > BAD_ABOVE:
        return "bad"
    return "warn" if share > WARN_ABOVE else "ok"


def _clock() -> str:
    return f"{timezone.localtime():%H:%M:%S}"
