"""Probes for machines, and the status page that residents and shops are sent to."""

from typing import Any

from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from maintenance.incident_words import TONES, consequence
from maintenance.levels import Function
from maintenance.models import Incident, IncidentState, State, Window
from maintenance.readiness import readiness
from maintenance.status import RegionStatus, current_report, current_windows
from maintenance.statuspage import summary
from maintenance.times import say_instant
from maintenance.watch.doorbell import HEADER, is_ours
from maintenance.wording import STATES, function_words, level_said, overall_said
from payments.path_probes import probe_all_regions
from regions.models import OutagePolicy, Region


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


@csrf_exempt
@require_POST
@never_cache
def probe(request: HttpRequest) -> HttpResponse:
    """Begin a probe of every region's way; for the watchman alone. 503 while there is no database to begin it in."""
    if not is_ours(request.headers.get(HEADER, "")):
        raise Http404
    try:
        probe_all_regions(now=timezone.now())
    except Error:
        return HttpResponse(status=503)
    return HttpResponse(status=202)


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
        "incidents": [_incident(incident, region) for incident in status.incidents],
        "windows": [_line(window, region.tz, now) for window in windows],
        "updated": say_instant(now, tz=region.tz),
    }


def _incident(incident: Incident, region: Region) -> dict[str, Any]:
    is_guaranteed = region.outage_policy == OutagePolicy.ACCEPT
    return {
        "since": say_instant(incident.opened_at, tz=region.tz),
        "state": incident.get_state_display(),
        "tone": TONES[IncidentState(incident.state)],
        "consequence": consequence(incident.cause, is_guaranteed=is_guaranteed),
    }


def _line(window: Window, tz: Any, now: Any) -> dict[str, Any]:
    until = window.expected_until
    return {
        "window": window,
        "state": STATES[State(window.state(now))],
        "from": say_instant(window.starts_at, tz=tz),
        "until": say_instant(until, tz=tz) if until else "",
    }
