"""Stands and stickers as files to print: of one till, or of all tills of a store or a merchant."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from merchants.models import Store, Till
from merchants.paper.choices import PAPERS
from merchants.views import shop_page, works_for
from regions.access import find_region
from regions.models import User


@shop_page
def till_paper(request: HttpRequest, till: Till, paper: str) -> HttpResponse:
    return _printed([till], paper, till.code)


@never_cache
def store_papers(request: Any, region: str, store: UUID, paper: str) -> HttpResponse:
    """Those of all open tills of a store."""
    return _papers_of(request, Store.objects.in_region(find_region(region)).filter(pk=store), paper)


@never_cache
def merchant_papers(request: Any, region: str, merchant: UUID, paper: str) -> HttpResponse:
    """Those of all open tills of a merchant."""
    return _papers_of(request, Store.objects.in_region(find_region(region)).filter(merchant=merchant), paper)


def _papers_of(request: HttpRequest, stores: Any, paper: str) -> HttpResponse:
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    open_stores = list(stores.open())
    if not open_stores or not works_for(request.user, open_stores[0]):
        raise Http404
    tills = Till.objects.filter(store__in=open_stores, is_active=True).select_related("store", "region")
    return _printed(list(tills.order_by("store__kana", "store__name", "name")), paper, "all")


def _printed(tills: Sequence[Till], paper: str, name: str) -> HttpResponse:
    if paper not in PAPERS or not tills:
        raise Http404
    _title, make = PAPERS[paper]
    headers = {"Content-Disposition": f'inline; filename="{paper}-{name}.pdf"'}
    return HttpResponse(make(tills), content_type="application/pdf", headers=headers)
