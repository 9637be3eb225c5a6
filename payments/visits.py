"""Who may see a resident's page: the one door that all of them share."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from regions.access import find_region, regions_of_resident, residency
from regions.models import Region, User


@dataclass(frozen=True, slots=True)
class Visit:
    """A resident at a page of their own region. `arrived_at` is in time.monotonic seconds."""

    region: Region
    user: User
    resident_id: UUID
    wallet_id: UUID
    arrived_at: float


def resident_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call `view(request, visit, …)` for residents of the region in the address, in the region's time zone.

    Everybody else learns nothing about what is there: without a sign-in they are sent to it and come
    back; without a wallet in the region they get one and the same page for every address.
    """

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, region: str, **kwargs: Any) -> HttpResponse:
        arrived_at = time.monotonic()
        try:
            here = find_region(region)
            request.region = here  # type: ignore[attr-defined]  # what region_of_request remembers
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            with timezone.override(here.tz):
                resident = residency(request.user, here)
                if resident is None or not hasattr(resident, "wallet"):
                    return _no_wallet(request, request.user, is_home=not kwargs and view.__name__ == "home")
                return view(request, Visit(here, request.user, resident.pk, resident.wallet.pk, arrived_at), **kwargs)
        except Http404:
            # Said by ourselves, so that it says the same while DEBUG is on: a demo has customers too.
            return render(request, "404.html", status=404)

    return page


def _no_wallet(request: HttpRequest, user: User, *, is_home: bool) -> HttpResponse:
    if request.headers.get("Accept") == "application/json":
        raise Http404
    homes = regions_of_resident(user)
    # The region's first page is public knowledge; to a stranger everything below it might not exist.
    return render(request, "payments/no_wallet.html", {"homes": homes}, status=200 if is_home else 404)
