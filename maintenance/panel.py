"""The switch on the first page of the secretariat's site, with how payments fare in each region."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from maintenance.forms import EVERYWHERE
from maintenance.levels import Function, Level
from maintenance.models import State, Window
from maintenance.status import current_report
from maintenance.wording import STATES, Said, level_said
from regions.admin_base import Standing
from regions.models import Region
from regions.staff_site import staff_site


@dataclass(frozen=True, slots=True)
class Line:
    """One region with its windows, how payments fare, and the address that opens a window."""

    region: Region | None
    payments: Said | None
    windows: list[tuple[Window, Said]]
    address: str


def switch_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    windows = _windows(request)
    lines = [_line(region, windows) for region in staff_site.scope(request)]
    if staff_site.standing(request) is Standing.OPERATOR:
        lines.append(_line(None, windows))
    everywhere = [] if staff_site.standing(request) is Standing.OPERATOR else _of(None, windows)
    return "maintenance/panel.html", {
        "lines": lines,
        "everywhere": everywhere,
        "listing": reverse("staff:maintenance_window_changelist"),
    }


def _windows(request: HttpRequest) -> list[Window]:
    # The office sees its own switch at once, so this asks the database and not what the process knows.
    scope = staff_site.scope_ids(request)
    windows = Window.objects.not_closed().select_related("region").order_by("starts_at")
    return [window for window in windows if window.region_id is None or window.region_id in scope]


def _line(region: Region | None, windows: list[Window]) -> Line:
    question = urlencode({"region": region.slug if region else EVERYWHERE})
    return Line(
        region=region,
        payments=_payments(region),
        windows=_of(region, windows),
        address=f"{reverse('staff:maintenance_window_add')}?{question}",
    )


def _payments(region: Region | None) -> Said | None:
    status = current_report().of(region.slug) if region else None
    level: Level | None = status.levels[Function.PAYMENTS] if status else None
    return level_said(level) if level else None


def _of(region: Region | None, windows: list[Window]) -> list[tuple[Window, Said]]:
    now = timezone.now()
    region_id = region.pk if region else None
    return [(window, STATES[State(window.state(now))]) for window in windows if window.region_id == region_id]
