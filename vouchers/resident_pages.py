"""Who may see the pages about programmes: some are for everybody, some for residents of the region."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from regions.access import find_region, residency
from regions.models import Region, Resident, User

View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """Call `view(request, region, resident, …)` in the region's time zone; `resident` is None for anybody else."""

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, region: str, **kwargs: Any) -> HttpResponse:
        try:
            here = _here(request, region)
            with timezone.override(here.tz):
                return view(request, here, _resident(request, here), **kwargs)
        except Http404:
            # Said by ourselves, so that it says the same while DEBUG is on.
            return render(request, "404.html", status=404)

    return page


def residents_page(view: View) -> View:
    """The same for residents of the region; others are sent to sign in, or to the region's first page."""

    @public_page
    @wraps(view)
    def page(request: HttpRequest, region: Region, resident: Resident | None, **kwargs: Any) -> HttpResponse:
        if resident is not None:
            return view(request, region, resident, **kwargs)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return redirect("region-home", region.slug)

    return page


def _here(request: HttpRequest, slug: str) -> Region:
    request.region = found = find_region(slug)  # type: ignore[attr-defined]  # what region_of_request remembers
    return found


def _resident(request: HttpRequest, region: Region) -> Resident | None:
    return residency(request.user, region) if isinstance(request.user, User) else None
