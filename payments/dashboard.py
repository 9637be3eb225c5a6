"""Today's payments and what is in doubt now, on the first page of the secretariat's site."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments.dispute_pages import OPEN
from payments.models import Difference, Payment
from payments.states import Status
from regions.admin_base import Standing
from regions.dashboard import Figure, RegionFigures, figures_panel
from regions.models import Region
from regions.staff_site import staff_site
from regions.yen import yen

# In doubt for longer than this, somebody should look.
PATIENCE = timedelta(seconds=15)


def payments_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    now = timezone.now()
    regions = staff_site.scope(request)
    region_ids = [region.pk for region in regions]
    doubts, left = _doubts(region_ids), _differences(region_ids)
    is_alone = len(regions) == 1
    rows = [
        RegionFigures(
            region,
            [
                *_figures(region, doubts.get(region.pk, {}), now, is_alone=is_alone),
                _difference_figure(region, left.get(region.pk, 0), is_alone=is_alone),
            ],
        )
        for region in regions
    ]
    columns = [
        _("payments today"),
        _("sum today"),
        _("in doubt now"),
        _("accepted, check to follow"),
        _("need attention"),
        _("differences left"),
    ]
    return figures_panel(title=_("Payments"), columns=columns, rows=rows, note=_of_no_region(request))


def _doubts(region_ids: list[Any]) -> dict[Any, dict[str, Any]]:
    payments = Payment.objects.filter(
        region__in=region_ids, status__in=(Status.PENDING, Status.VOIDING, Status.ACCEPTED, Status.DISPUTED)
    )
    open_now = Q(status__in=(Status.PENDING, Status.VOIDING))
    counted = (
        payments.order_by()
        .values("region")
        .annotate(
            doubt=Count("pk", filter=open_now),
            oldest_at=Min("authorised_at", filter=open_now),
            accepted=Count("pk", filter=Q(status=Status.ACCEPTED)),
            disputed=Count("pk", filter=Q(status=Status.DISPUTED)),
        )
    )
    return {row["region"]: row for row in counted}


def _differences(region_ids: list[Any]) -> dict[Any, int]:
    left = Difference.objects.left().filter(region__in=region_ids).order_by().values("region")
    return {row["region"]: row["count"] for row in left.annotate(count=Count("pk"))}


def _of_no_region(request: HttpRequest) -> str:
    """For operators: differences that no region's office can see. Nothing while there are none."""
    if staff_site.standing(request) is not Standing.OPERATOR:
        return ""
    count = Difference.objects.left().filter(region__isnull=True).count()
    if not count:
        return ""
    listing = reverse("staff:payments_difference_changelist")
    words = ngettext(
        "%(count)s difference belongs to no region.", "%(count)s differences belong to no region.", count
    ) % {"count": f"{count:,}"}
    return format_html('<a class="house-link" href="{}">{}</a>', listing, words)


def _difference_figure(region: Region, count: int, *, is_alone: bool) -> Figure:
    listing = reverse("staff:payments_difference_changelist")
    url = listing if is_alone else f"{listing}?region__id__exact={region.pk}"
    return Figure(f"{count:,}", "bad" if count else "ok", url=url)


def _figures(region: Region, doubt: dict[str, Any], now: datetime, *, is_alone: bool) -> list[Figure]:
    midnight = datetime.combine(now.astimezone(region.tz).date(), time.min, tzinfo=region.tz)
    sums = Payment.objects.in_region(region).filter(authorised_at__gte=midnight).sums()
    # Where there are several regions their list of payments can be narrowed down to one.
    listing = reverse("staff:payments_payment_changelist")
    narrow = "" if is_alone else f"&region={region.pk}"
    accepted, disputed = doubt.get("accepted", 0), doubt.get("disputed", 0)
    return [
        Figure(f"{sums['count']:,}", url=f"{listing}?region={region.pk}" if narrow else listing),
        Figure(
            yen(sums["net"]), note=_("%(yen)s refunded") % {"yen": yen(sums["refunded"])} if sums["refunded"] else ""
        ),
        _doubt_figure(doubt, now, f"{listing}?status=checking{narrow}"),
        Figure(f"{accepted:,}", "warn" if accepted else ""),
        Figure(f"{disputed:,}", "bad" if disputed else "", url=f"{listing}?dispute={OPEN}{narrow}"),
    ]


def _doubt_figure(doubt: dict[str, Any], now: datetime, url: str) -> Figure:
    count = doubt.get("doubt", 0)
    if not count:
        return Figure("0", "ok")
    age = now - doubt["oldest_at"]
    note = _("oldest: %(age)s") % {"age": _age(age)}
    return Figure(f"{count:,}", "bad" if age > PATIENCE else "warn", note, url)


def _age(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    if seconds < 120:
        return _("%(count)s seconds") % {"count": seconds}
    return _("%(count)s minutes") % {"count": f"{seconds // 60:,}"}
