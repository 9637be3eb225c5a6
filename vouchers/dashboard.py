"""The value of a region's vouchers, and whether the ledger explains all of it."""

from typing import Any

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext as _

from regions.dashboard import Figure, RegionFigures, figures_panel
from regions.models import Region
from regions.staff_site import staff_site
from regions.yen import yen
from vouchers.models import EntryKind, LedgerEntry, Voucher


def vouchers_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    rows = [RegionFigures(region, _figures(region)) for region in _with_sums(staff_site.scope_ids(request))]
    columns = [_("issued"), _("available"), _("held"), _("spent"), _("expired"), _("ledger")]
    note = _("issued = available + held + spent + expired")
    return figures_panel(title=_("Value of vouchers"), columns=columns, rows=rows, note=note)


def _with_sums(region_ids: list[Any]) -> Any:
    # One statement and so one moment: with two, a payment in between would look like a difference.
    vouchers = Voucher.objects.filter(region=OuterRef("pk"))
    entries = LedgerEntry.objects.filter(region=OuterRef("pk"))
    return Region.objects.filter(pk__in=region_ids).annotate(
        **{name: _sum_of(vouchers, name) for name in ("face", "held", "spent", "expired")},
        entered_issues=_sum_of(entries.filter(kind=EntryKind.ISSUE), "amount"),
        entered=_sum_of(entries, "amount"),
    )


def _sum_of(rows: Any, column: str) -> Any:
    total = rows.order_by().values("region").annotate(total=Sum(column)).values("total")
    return Coalesce(Subquery(total), 0)


def _figures(region: Any) -> list[Figure]:
    available = region.face - region.held - region.spent - region.expired
    # What the vouchers say against what the ledger says: issued, and what is left of it.
    off = abs(region.entered_issues - region.face) + abs(region.entered - available - region.held)
    ledger = Figure(_("off by %(yen)s") % {"yen": yen(off)}, "bad") if off else Figure(_("adds up"), "ok")
    amounts = (region.face, available, region.held, region.spent, region.expired)
    return [*(Figure(yen(amount)) for amount in amounts), ledger]
