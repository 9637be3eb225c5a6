"""What a page shows of maintenance: the staff's ribbon, and residents' notice of what is closed or will be.

Pages include `maintenance/ribbon.html`, once, at the top of `<body>`.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from maintenance.answers import lead, say_until
from maintenance.models import Scope, Window
from maintenance.times import say_instant
from maintenance.windows import closed_for, coming_for
from regions.access import region_of_request
from regions.models import Region

FORENOTICE = timedelta(days=1)


def ribbon(request: HttpRequest) -> dict[str, Any]:
    match = request.resolver_match
    slug = match.kwargs.get("region") if match else None
    if slug is None:
        return {}
    if passed := getattr(request, "maintenance_window", None):
        return {"maintenance_notice": _notice("staff", passed, region_of_request(request))}
    return _closed(request, slug) or _coming(request, slug)


def _closed(request: HttpRequest, slug: str) -> dict[str, Any]:
    # A closed region answers with the sign; what can still be closed on an open page is a part.
    for function in (Scope.PAYMENTS, Scope.SALES):
        if window := closed_for(slug, function):
            return {"maintenance_notice": _notice("closed", window, region_of_request(request))}
    return {}


def _coming(request: HttpRequest, slug: str) -> dict[str, Any]:
    window = coming_for(slug, until=timezone.now() + FORENOTICE)
    return {"maintenance_notice": _notice("coming", window, region_of_request(request))} if window else {}


def _notice(kind: str, window: Window, region: Region | None) -> dict[str, Any]:
    now = timezone.now()
    tz = region.tz if region else timezone.get_default_timezone()
    return {
        "kind": kind,
        "window": window,
        "lead": lead(window),
        "from": say_instant(window.starts_at, tz=tz),
        "until": say_until(window, region, now),
    }
