"""The customer shows a code instead of scanning one: the code, what became of it, and the answer above a limit."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from merchants.qr import qr_svg
from payments.cpm import write_code
from payments.errors import CodeUnknown
from payments.models import PayCode
from payments.pages import balances
from payments.pay_codes import CodeState, confirm_code, find_code, issue_code, refuse_code, state_of
from payments.refusals import REFUSED, tell
from payments.visits import Visit, resident_page
from regions.devices import device_of
from regions.yen import yen

HALF = 5


@resident_page
def show_code(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A page with a fresh code; without scripts it renews itself when the code is over."""
    code, digits = issue_code(region=visit.region, wallet_id=visit.wallet_id, device=device_of(request))
    found = balances(visit.wallet_id, now=timezone.now())
    context = {
        "code": code,
        "picture": _picture(visit, digits),
        "digits": f"{digits[:HALF]} {digits[HALF:]}",
        "total": sum(balance.available for balance in found),
    }
    return render(request, "payments/code.html", context)


@require_POST
@resident_page
def new_code(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The next code for a page that is open."""
    code, digits = issue_code(region=visit.region, wallet_id=visit.wallet_id, device=device_of(request))
    return JsonResponse(
        {
            "picture": _picture(visit, digits),
            "digits": f"{digits[:HALF]} {digits[HALF:]}",
            "seconds": _seconds_left(code),
            "address": reverse("pay-code-state", args=[visit.region.slug, code.pk]),
        }
    )


@resident_page
def code_state(request: HttpRequest, visit: Visit, code: UUID) -> HttpResponse:
    """What became of the code, for the page that shows it, and where to go on."""
    found = _find(request, visit, code)
    state = state_of(found)
    pages = {
        CodeState.ASKED: lambda: reverse("pay-code-answer", args=[visit.region.slug, found.pk]),
        CodeState.USED: lambda: reverse("payment", args=[visit.region.slug, found.payment_id]),
    }
    return JsonResponse({"state": state, "next": pages[state]() if state in pages else ""})


@resident_page
def answer_code(request: HttpRequest, visit: Visit, code: UUID) -> HttpResponse:
    """The shop's question (GET), and the customer's yes or no (POST)."""
    found = _find(request, visit, code)
    if state_of(found) is CodeState.USED:
        return redirect("payment", region=visit.region.slug, payment=found.payment_id)
    if found.till is None:
        raise Http404
    problem: Exception | None = None
    if request.method == "POST" and "no" in request.POST:
        refuse_code(found)
    elif request.method == "POST":
        try:
            payment = confirm_code(found, until=visit.arrived_at + settings.PAYMENT_BUDGET)
        except REFUSED as refused:
            problem = refused
        else:
            return redirect("payment", region=visit.region.slug, payment=payment.pk)
    found = _find(request, visit, code)
    return _ask(request, found, problem)


def _ask(request: HttpRequest, found: PayCode, problem: Exception | None) -> HttpResponse:
    state = state_of(found)
    left = max(0, int((found.answer_until - timezone.now()).total_seconds())) if found.answer_until else 0
    refusal = tell(problem, amount=found.amount or 0) if problem else None
    context = {
        "code": found,
        "till": found.till,
        "state": str(state),
        "seconds": left,
        "amount": found.amount,
        "refusal": refusal,
        "question": f"{found.till and found.till.store} {yen(found.amount or 0)}",
    }
    return render(request, "payments/code_answer.html", context, status=refusal.status if refusal else 200)


def _find(request: HttpRequest, visit: Visit, code: UUID) -> PayCode:
    try:
        return find_code(code, wallet_id=visit.wallet_id, device=device_of(request))
    except CodeUnknown as problem:
        raise Http404 from problem


def _picture(visit: Visit, digits: str) -> str:
    return qr_svg(write_code(region=visit.region.slug, digits=digits)).decode()


def _seconds_left(code: PayCode) -> int:
    return max(0, int((code.expires_at - timezone.now()).total_seconds()))
