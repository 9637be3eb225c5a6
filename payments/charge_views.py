"""A charge on the customer's telephone: shop and amount are there, and only a yes is missing."""

from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from payments.charges import ChargeState, find_charge, pay_charge, state_of
from payments.errors import ChargeGone, ChargeTaken, ChargeUnknown
from payments.models import Charge, Payment
from payments.pages import preview
from payments.pay_views import is_key
from payments.refusals import REFUSED, tell
from payments.visits import Visit, resident_page
from vouchers.errors import InsufficientBalance

# Who has paid it sees the payment.
MINE = (ChargeState.CHECKING, ChargeState.PAID, ChargeState.REFUNDED)


@resident_page
def charge(request: HttpRequest, visit: Visit, charge: str) -> HttpResponse:
    """The question whether to pay it (GET), and the payment (POST)."""
    try:
        found = find_charge(visit.region, charge)
    except ChargeUnknown as problem:
        raise Http404 from problem
    # Mine already, whoever pressed: the payment is the answer, and its page says how it stands.
    if found.payment and found.payment.wallet_id == visit.wallet_id and state_of(found) in MINE:
        return _show(visit, found.payment)
    if request.method == "POST" and is_key(request.POST.get("key", "")):
        return _pay(request, visit, found, request.POST["key"])
    return _ask(request, visit, found)


def _ask(request: HttpRequest, visit: Visit, found: Charge) -> HttpResponse:
    state = state_of(found)
    if state is not ChargeState.OPEN:
        gone = state in (ChargeState.CANCELLED, ChargeState.EXPIRED)
        return _refuse(request, found, ChargeGone() if gone else ChargeTaken())
    try:
        drawn = preview(found.till, visit.wallet_id, found.amount, now=timezone.now())
    except InsufficientBalance as problem:
        return _refuse(request, found, problem)
    context = {"charge": found, "till": found.till, "amount": found.amount, "key": str(uuid4()), "drawn": drawn}
    return render(request, "payments/confirm.html", context)


def _pay(request: HttpRequest, visit: Visit, found: Charge, key: str) -> HttpResponse:
    try:
        payment = pay_charge(
            found, wallet_id=visit.wallet_id, key=key, until=visit.arrived_at + settings.PAYMENT_BUDGET
        )
    except REFUSED as problem:
        return _refuse(request, found, problem)
    return _show(visit, payment)


def _refuse(request: HttpRequest, found: Charge, problem: Exception) -> HttpResponse:
    refusal = tell(problem, amount=found.amount)
    context = {"refusal": refusal, "till": found.till, "amount": found.amount, "charge": found}
    return render(request, "payments/refused.html", context, status=refusal.status)


def _show(visit: Visit, payment: Payment) -> HttpResponse:
    response = redirect(reverse("payment", args=[visit.region.slug, payment.pk]))
    response.status_code = 303
    return response
