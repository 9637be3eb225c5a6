"""The inbox as a page."""

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from regions.access import find_region, residency
from regions.inbox import mark_read, words_of
from regions.models import Message, Resident, User

PER_PAGE = 20


@never_cache
def messages_page(request: HttpRequest, region: str) -> HttpResponse:
    """What the region has told the resident, newest first; what is shown here counts as read afterwards."""
    request.region = found = find_region(region)  # type: ignore[attr-defined]
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    resident = residency(request.user, found)
    if resident is None:
        return redirect("region-home", found.slug)
    with timezone.override(found.tz):
        return _show(request, resident)


def _show(request: HttpRequest, resident: Resident) -> HttpResponse:
    page = Paginator(Message.objects.filter(resident=resident), PER_PAGE).get_page(request.GET.get("page"))
    shown = [(message, words_of(message)) for message in page]
    mark_read(resident)
    return render(request, "regions/messages.html", {"page": page, "shown": shown})
