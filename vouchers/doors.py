"""Who may see a resident's pages of this room: residents of the region, in the region's time zone."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from regions.access import find_region, residency
from regions.models import User


def for_residents(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call `view(request, resident, …)`; everybody else is sent to sign in, or to the region's first page."""

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, region: str, **kwargs: Any) -> HttpResponse:
        try:
            request.region = here = find_region(region)  # type: ignore[attr-defined]
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            resident = residency(request.user, here)
            if resident is None:
                return redirect("region-home", here.slug)
            resident.region = here
            with timezone.override(here.tz):
                return view(request, resident, **kwargs)
        except Http404:
            return render(request, "404.html", status=404)

    return page
