"""Probes for machines, and the status page that residents and shops are sent to."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maintenance.levels import Function
from maintenance.models import State, Window
from maintenance.readiness import readiness
from maintenance.status import RegionStatus, current_report, current_windows
from maintenance.statuspage import summary
from maintenance.times import say_instant
from maintenance.wording import STATES, function_words, level_said, overall_said


@require_safe
@never_cache
def livez(_request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nobody."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 if requests can be served, else 503; either way with what each check said."""
    is_ready, checks = readiness()
    return JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)


@require_safe
@never_cache
def status_json(_request: HttpRequest) -> JsonResponse:
    """All regions and functions in the shape of Statuspage's summary."""
    response = JsonResponse(summary(current_report(), current_windows(timezone.now())))
    # Status readers run in other sites' pages; there is nothing personal in it.
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
@never_cache
def region_status(request: HttpRequest, region: str) -> HttpResponse:
    """The region's functions in words. Asks the database nothing of its own, so it answers without it."""
    report = current_report()
    status = report.of(region)
    if status is None and not report.is_database_away:
        raise Http404
    context = describe(status) if status else {}
    return HttpResponse(render_to_string("maintenance/status.html", {**context, "report": report}))


def describe(status: RegionStatus) -> dict[str, Any]:
    now = timezone.now()
    region = status.region
    windows = [window for window in current_windows(now) if window.holds_for(region.slug)]
    return {
        "region": region,
        "overall": overall_said(list(status.levels.values())),
        "lines": [(function_words(function), level_said(status.levels[function])) for function in Function],
        "windows": [_line(window, region.tz, now) for window in windows],
        "updated": say_instant(now, tz=region.tz),
    }


def _line(window: Window, tz: Any, now: Any) -> dict[str, Any]:
    until = window.expected_until
    return {
        "window": window,
        "state": STATES[State(window.state(now))],
        "from": say_instant(window.starts_at, tz=tz),
        "until": say_instant(until, tz=tz) if until else "",
    }
