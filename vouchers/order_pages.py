"""A resident's orders: what was bought, how to pay for it and until when, and how far it is."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regions.models import Resident
from vouchers.checkout.choice import offered
from vouchers.checkout.errors import CheckoutProblem
from vouchers.checkout.port import Method
from vouchers.checkouts import begin_checkout, look_at
from vouchers.doors import for_residents
from vouchers.models import Attempt, Order
from vouchers.models.checkout import LIVE, AttemptStanding
from vouchers.order_errors import MethodNotOffered, OrderSettled
from vouchers.orders import cancel_order

SHOWN = 100


@for_residents
def orders_page(request: HttpRequest, resident: Resident) -> HttpResponse:
    """The resident's orders, newest first."""
    orders = Order.objects.filter(resident=resident).select_related("programme").newest_first()[:SHOWN]
    return render(request, "vouchers/orders.html", {"orders": orders})


@for_residents
def order_page(request: HttpRequest, resident: Resident, order: str) -> HttpResponse:
    """One order; somebody who comes back from the provider's page finds what has become of it there."""
    found = _find(resident, order)
    attempt = _live(found)
    if attempt and found.is_pending:
        try:
            look_at(attempt)
        except CheckoutProblem:
            # The provider's message will tell; the page says what is known.
            messages.info(request, _("We could not ask the payment service just now. This page shows what we know."))
        found.refresh_from_db()
        attempt = _live(found)
    return render(request, "vouchers/order.html", _context(found, attempt))


@for_residents
def order_state(request: HttpRequest, resident: Resident, order: str) -> HttpResponse:
    """How far the order is, for a page that is open."""
    return JsonResponse({"status": _find(resident, order).status})


@require_POST
@for_residents
def pay(request: HttpRequest, resident: Resident, order: str) -> HttpResponse:
    """To the provider's page, by redirect."""
    found = _find(resident, order)
    try:
        attempt = begin_checkout(found, Method(request.POST.get("method", "")))
    except (ValueError, MethodNotOffered):
        messages.error(request, _("This way of paying is not available for this order. Please choose another."))
    except OrderSettled:
        messages.error(request, _("This order is not waiting for payment any more."))
    except CheckoutProblem:
        messages.error(
            request, _("The payment service does not answer. Nothing was paid. Please try again in a few minutes.")
        )
    else:
        if attempt.page_url:
            response = redirect(attempt.page_url)
            response.status_code = 303
            return response
    return redirect("order", resident.region.slug, found.number)


@require_POST
@for_residents
def cancel(request: HttpRequest, resident: Resident, order: str) -> HttpResponse:
    found = _find(resident, order)
    try:
        cancel_order(found.pk)
        messages.success(request, _("The order was cancelled. Nothing has to be paid."))
    except OrderSettled:
        messages.error(request, _("This order is not waiting for payment any more."))
    return redirect("order", resident.region.slug, found.number)


def _find(resident: Resident, number: str) -> Order:
    mine = Order.objects.filter(resident=resident, number=number).select_related("programme", "region")
    found: Order | None = mine.first()
    if found is None:
        raise Http404
    return found


def _live(order: Order) -> Attempt | None:
    found: Attempt | None = Attempt.objects.filter(order=order, standing__in=LIVE).first()
    return found


def _context(order: Order, attempt: Attempt | None) -> dict[str, Any]:
    now = timezone.now()
    ways = offered(now=now, pay_by_at=order.pay_by_at, tz=order.region.tz) if order.is_pending else []
    is_handed_out = attempt is not None and attempt.standing == AttemptStanding.WAITING
    return {
        "order": order,
        "lines": order.lines.select_related("unit").prefetch_related("unit__parts"),
        "ways": ways,
        "number_page": attempt.page_url if attempt and is_handed_out else "",
        "is_handed_out": is_handed_out,
        "is_overdue": order.is_pending and order.pay_by_at <= now,
        "may_cancel": order.is_pending and not is_handed_out,
    }
