"""Today's payments and what is in doubt now, on the first page of the secretariat's site."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import Payment
from payments.states import Status
from regions.dashboard import Figure, RegionFigures, figures_panel
from regions.models import Region
from regions.staff_site import staff_site
from regions.yen import yen

# In doubt for longer than this, somebody should look.
PATIENCE = timedelta(seconds=15)


def payments_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    now = timezone.now()
    regions = staff_site.scope(request)
    doubts = _doubts([region.pk for region in regions])
    rows = [RegionFigures(region, _figures(region, doubts.get(region.pk, {}), now)) for region in regions]
    columns = [
        _("payments today"),
        _("sum today"),
        _("in doubt now"),
        _("accepted, check to follow"),
        _("need attention"),
    ]
    return figures_panel(title=_("Payments"), columns=columns, rows=rows)


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


def _figures(region: Region, doubt: dict[str, Any], now: datetime) -> list[Figure]:
    midnight = datetime.combine(now.astimezone(region.tz).date(), time.min, tzinfo=region.tz)
    sums = Payment.objects.in_region(region).filter(authorised_at__gte=midnight).sums()
    listing = reverse("staff:payments_payment_changelist")
    accepted, disputed = doubt.get("accepted", 0), doubt.get("disputed", 0)
    return [
        Figure(f"{sums['count']:,}", url=listing),
        Figure(
            yen(sums["net"]), note=_("%(yen)s refunded") % {"yen": yen(sums["refunded"])} if sums["refunded"] else ""
        ),
        _doubt_figure(doubt, now, f"{listing}?status=checking"),
        Figure(f"{accepted:,}", "warn" if accepted else ""),
        Figure(f"{disputed:,}", "bad" if disputed else ""),
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
