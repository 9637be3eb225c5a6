"""The stand that a shop prints and puts beside its till, and the QR on it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from merchants.errors import TillUnknown
from merchants.models import CODE_LENGTH, Store, Till
from merchants.places import find_till
from merchants.qr import qr_png, qr_svg, till_address
from merchants.stands import papers_of
from regions.access import find_region, staffed_regions
from regions.models import User


def shop_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call `view(request, till, …)` for who works for the till's store or its region.

    To anybody else there is no such till: the same 404 as for a code that does not exist.
    """

    @never_cache
    @wraps(view)
    def page(request: Any, region: str, till: str, **more: Any) -> HttpResponse:
        request.region = find_region(region)
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        try:
            found = find_till(region=request.region, code=till)
        except TillUnknown as problem:
            raise Http404 from problem
        if not works_for(request.user, found.store):
            raise Http404
        return view(request, found, **more)

    return page


@shop_page
def till_stand(request: HttpRequest, till: Till) -> HttpResponse:
    """A page to print, with the code in words for who cannot scan."""
    half = CODE_LENGTH // 2
    context = {
        "till": till,
        "address": till_address(till),
        "code": f"{till.code[:half]} {till.code[half:]}",
        "papers": papers_of(till),
    }
    return render(request, "merchants/stand.html", context)


@shop_page
def till_qr_svg(request: HttpRequest, till: Till) -> HttpResponse:
    return HttpResponse(qr_svg(till_address(till)), content_type="image/svg+xml")


@shop_page
def till_qr_png(request: HttpRequest, till: Till) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="qr-{till.code}.png"'}
    return HttpResponse(qr_png(till_address(till)), content_type="image/png", headers=headers)


def works_for(user: User, store: Store) -> bool:
    """Whether the person works for the store's merchant, or for its region."""
    at_the_store = Store.objects.of_user(user).filter(pk=store.pk).exists()
    return at_the_store or staffed_regions(user).filter(pk=store.region_id).exists()
