"""The public pages of joining: apply, see what has become of it, correct, withdraw."""

from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from merchants.errors import ApplicationDecided, ApplicationsClosed, ApplicationUnknown
from merchants.joining.applications import apply_to_join, correct_application, find_sent, withdraw_application
from merchants.joining.forms import SHOPS_MAX, BusinessForm, shop_forms, with_shops
from merchants.joining.links import application_path, find_application
from merchants.joining.rules import joining_rules
from merchants.joining.trades import EXCLUSIONS, NOT_SOLD
from merchants.models import ApplicationState, JoinApplication
from regions.access import find_region

# A chamber of commerce that enters for its members is one address.
LIMITS = {"join": "60/h/ip,6/h/key"}


@never_cache
def join(request: Any, region: str) -> HttpResponse:
    """The form; then what was understood, to be confirmed; then the page of the application."""
    request.region = find_region(region)
    if not joining_rules(request.region).is_open:
        return render(request, "merchants/join_closed.html", {"region": request.region})
    return _fill_in(request, None)


@never_cache
def application(request: Any, region: str, key: str) -> HttpResponse:
    """What has become of it, for whoever holds the link."""
    found = _find(request, region, key)
    context = {
        "region": request.region,
        "application": found,
        "key": key,
        "steps": found.steps.order_by("at", "id"),
        "may_correct": found.state == ApplicationState.ASKED_BACK,
    }
    return render(request, "merchants/application.html", context)


@never_cache
def correct(request: Any, region: str, key: str) -> HttpResponse:
    """The form again with what was given, while the office has asked it back."""
    found = _find(request, region, key)
    if found.state != ApplicationState.ASKED_BACK:
        return redirect(application_path(found))
    return _fill_in(request, found)


@never_cache
@require_POST
def withdraw(request: Any, region: str, key: str) -> HttpResponse:
    found = _find(request, region, key)
    try:
        withdraw_application(found)
    except ApplicationDecided:
        messages.error(request, _("This was decided in the meantime. Nothing was changed."))
    return redirect(application_path(found))


def _fill_in(request: Any, found: JoinApplication | None) -> HttpResponse:
    data = request.POST or None
    if data and ("add_shop" in data or "remove_shop" in data):
        data = with_shops(data, 1 if "add_shop" in data else -1)
        return _show(request, BusinessForm(request.region, data), shop_forms(data), found, is_checked=False)
    form, shops = BusinessForm(request.region, data, found), shop_forms(data, found)
    is_good = data is not None and form.is_valid() & shops.is_valid()
    if is_good and "confirmed" in request.POST:
        return _send(request, form, shops, found)
    if is_good and "again" not in request.POST:
        return render(request, "merchants/join_confirm.html", _context(request, form, shops, found))
    return _show(request, form, shops, found, is_checked=data is not None and not is_good)


def _send(request: Any, form: BusinessForm, shops: Any, found: JoinApplication | None) -> HttpResponse:
    given: dict[str, Any] = {
        "business": form.business,
        "shops": [shop.shop for shop in shops],
        "ticket_types": list(form.cleaned_data["ticket_types"]),
    }
    if found:
        try:
            correct_application(found, **given)
        except ApplicationDecided:
            messages.error(request, _("This was decided in the meantime. Nothing was changed."))
        return redirect(application_path(found))
    key = form.cleaned_data["key"]
    if find_sent(region=request.region, key=key) is None:
        _limit(request, form.business.contact_email)
    try:
        sent = apply_to_join(region=request.region, key=key, language=translation.get_language() or "ja", **given)
    except ApplicationsClosed:
        return render(request, "merchants/join_closed.html", {"region": request.region})
    return redirect(application_path(sent))


def _limit(request: HttpRequest, email: str) -> None:
    """Raise RateLimited, which is answered with 429."""
    ratelimit.consume(request, app="merchants", action="join", config=LIMITS, key=email.lower(), raise_exception=True)


def _show(
    request: Any, form: BusinessForm, shops: Any, found: JoinApplication | None, *, is_checked: bool
) -> HttpResponse:
    context = {**_context(request, form, shops, found), "is_checked": is_checked}
    return render(request, "merchants/join.html", context, status=422 if is_checked else 200)


def _context(request: Any, form: BusinessForm, shops: Any, found: JoinApplication | None) -> dict[str, Any]:
    more = joining_rules(request.region).more_exclusions.splitlines()
    return {
        "region": request.region,
        "form": form,
        "shops": shops,
        "application": found,
        "may_add": len(shops.forms) < SHOPS_MAX,
        "exclusions": [*EXCLUSIONS, *(line.strip() for line in more if line.strip())],
        "not_sold": NOT_SOLD,
    }


def _find(request: Any, region: str, key: str) -> JoinApplication:
    request.region = find_region(region)
    try:
        return find_application(region=request.region, key=key)
    except ApplicationUnknown as problem:
        raise Http404 from problem
