"""The closed sign: the page 「メンテナンス中」, and the same as a problem document for apps."""

from datetime import datetime
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from maintenance.addresses import closable_function
from maintenance.models import Scope, Window
from maintenance.times import say_instant
from regions.models import Region

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER = 300


def refuse(request: HttpRequest, window: Window, region: Region | None) -> HttpResponse:
    """503 in the form that the caller reads, with the time to come back; to be kept by nobody."""
    now = timezone.now()
    if wants_json(request):
        body = problem(window, now, is_payment=is_attempt(request))
        response: HttpResponse = JsonResponse(body, status=503, content_type=PROBLEM_JSON)
    else:
        # A page that was posted to has nothing to come back to but the region's first page.
        back = request.get_full_path() if request.method == "GET" else home_of(region)
        page = closed_page(window, region, now=now, back=back, is_payment=is_attempt(request))
        response = HttpResponse(page, status=503)
    response["Retry-After"] = str(retry_after(window, now))
    response["Cache-Control"] = "no-store"
    return response


def is_attempt(request: HttpRequest) -> bool:
    """Whether somebody has just pressed 支払う, and has to know what became of it."""
    function = closable_function(request.path_info, request.method or "")
    return function is Scope.PAYMENTS and request.method == "POST"


def wants_json(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return request.path_info.startswith("/api/") or ("json" in accepted and "html" not in accepted)


def retry_after(window: Window, now: datetime) -> int:
    """Seconds until the expected end; the usual five minutes if that is unknown or past."""
    if window.expected_until is None or window.expected_until <= now:
        return RETRY_AFTER
    return ceil((window.expected_until - now).total_seconds())


def home_of(region: Region | None) -> str:
    return f"/{region.slug}/" if region else "/"


def lead(window: Window) -> str:
    """What is closed, in one sentence."""
    sentences = {
        Scope.ALL: _("The service is under maintenance now."),
        Scope.PAYMENTS: _("Payments are stopped for maintenance now."),
        Scope.SALES: _("Applications and purchases are stopped for maintenance now."),
    }
    return sentences[Scope(window.scope)]


def nothing_paid(*, is_payment: bool) -> str:
    return _("Nothing has been paid.") if is_payment else ""


def problem(window: Window, now: datetime, *, is_payment: bool = False) -> dict[str, Any]:
    """The refusal as a problem document after RFC 9457."""
    until = window.expected_until
    return {
        "type": "urn:hansatsu:problem:maintenance",
        "title": _("Under maintenance"),
        "status": 503,
        "detail": " ".join(filter(None, (lead(window), nothing_paid(is_payment=is_payment), window.display_message))),
        "code": "maintenance",
        "scope": window.scope,
        "until": until.isoformat() if until else None,
        "retry_after": retry_after(window, now),
    }


def closed_page(
    window: Window,
    region: Region | None,
    *,
    now: datetime,
    back: str,
    is_payment: bool = False,
    is_preview: bool = False,
) -> str:
    """The page as text. It asks the database nothing, so that it can be shown while that is away."""
    context = {
        "window": window,
        "region": region,
        "lead": lead(window),
        "nothing_paid": nothing_paid(is_payment=is_payment),
        "until": say_until(window, region, now),
        "is_late": window.expected_until is not None and window.expected_until <= now,
        "back": back,
        "status_address": f"/{region.slug}/status/" if region else "",
        "is_preview": is_preview,
    }
    return render_to_string("maintenance/closed.html", context)


def say_until(window: Window, region: Region | None, now: datetime) -> str:
    """The expected end in the region's time; empty if none is known or it has passed."""
    if window.expected_until is None or window.expected_until <= now:
        return ""
    tz = region.tz if region else timezone.get_default_timezone()
    return say_instant(window.expected_until, tz=tz)
