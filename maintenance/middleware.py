"""The closed sign at the door: what a window closes is answered 503 before anything is held or sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from maintenance.addresses import READING, closable_function
from maintenance.answers import refuse
from maintenance.known import known
from maintenance.models import Window
from maintenance.windows import closed_for
from payments.models import Payment
from payments.states import IN_DOUBT
from regions.access import staffed_regions
from regions.models import User

log = structlog.stdlib.get_logger(__name__)

# So long after it was made a payment's page stays open: people at a till see the end of what they began.
JUST_MADE = timedelta(hours=1)
HOME = "/"


class MaintenanceMiddleware:
    """Answers for addresses of a closed region; staff pass, and see so by a ribbon.

    It works from what the process knows (at most a second old, the last known while the database is
    away) and raises nothing of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        slug = kwargs.get("region")
        if slug is None and request.path_info != HOME:
            return None
        function = closable_function(request.path_info, request.method or "GET")
        if function is None:
            return None
        window = closed_for(slug, function)
        if window is None or may_pass(request, slug, kwargs, window):
            return None
        region = window.region or known.get().regions.get(slug or "")
        return refuse(request, window, region)


def may_pass(request: HttpRequest, slug: str | None, kwargs: dict[str, Any], window: Window) -> bool:
    """Whether this person goes on in spite of the window."""
    try:
        if is_staff_here(request, slug):
            request.maintenance_window = window  # type: ignore[attr-defined]
            return True
        return request.method in READING and "payment" in kwargs and is_in_flight(slug, kwargs["payment"])
    except Error as problem:
        # While the database is away nobody is known, and the sign says all there is to say.
        log.warning("database is away during maintenance", problem=type(problem).__name__)
        return False


def is_staff_here(request: HttpRequest, slug: str | None) -> bool:
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_active:
        return False
    regions = staffed_regions(user)
    return user.is_operator or (regions.filter(slug=slug) if slug else regions).exists()


def is_in_flight(slug: str | None, payment_id: Any) -> bool:
    """Whether the payment is in doubt or was made a moment ago. Whose it is, the page itself asks."""
    payment = Payment.objects.filter(pk=payment_id, region__slug=slug).only("status", "authorised_at").first()
    if payment is None:
        return False
    return payment.status in IN_DOUBT or payment.authorised_at > timezone.now() - JUST_MADE
