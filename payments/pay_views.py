"""Paying at a till in three steps: which till, how much, and yes. Only the last one moves anything.

The key that makes a payment unrepeatable is part of the address of the last step: whoever taps twice,
goes back or reloads comes to the same key, and so to the payment that was made with it.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from merchants.errors import PayloadElsewhere, PayloadWrong, TillUnknown
from merchants.models import Till
from merchants.places import find_till
from payments.authorisation import PaymentRequest
from payments.entry import Entry, find_entry
from payments.errors import ChargeUnknown, NotaryAway
from payments.forms import AmountForm, CodeForm
from payments.models import Payment
from payments.pages import preview, usable_at
from payments.paying import pay
from payments.refusals import REFUSED, say_wrong, tell
from payments.visits import Visit, resident_page
from vouchers.errors import InsufficientBalance

# Where a browser cannot read codes itself, our reader is a compiled program, and this page alone may run it.
SCANNER_CSP = {"script-src": ["'wasm-unsafe-eval'"]}
# A payment of the same amount at the same till that is younger than this may have been meant by this one.
SAME_AGAIN = timedelta(minutes=10)


@csp_update(SCANNER_CSP)
@resident_page
def choose_till(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Scan a shop's QR, or type the code of a till for who cannot."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    is_unknown, problem = False, ""
    if form.is_valid():
        try:
            return _go_on(visit, find_entry(visit.region, form.cleaned_data["code"]))
        except (TillUnknown, ChargeUnknown):
            is_unknown = True
        except (PayloadWrong, PayloadElsewhere) as wrong:
            problem = say_wrong(wrong)
    context = {"form": form, "is_unknown": is_unknown, "problem": problem}
    return render(request, "payments/pay.html", context, status=404 if is_unknown or problem else 200)


def _go_on(visit: Visit, entry: Entry) -> HttpResponse:
    """To the page that asks: an amount that came with a code is filled in there, and paid only by a yes."""
    if entry.charge:
        return redirect("charge", region=visit.region.slug, charge=entry.charge.token)
    if entry.amount:
        address = reverse("pay-confirm", args=[visit.region.slug, entry.till.code])
        return redirect(f"{address}?{urlencode({'amount': str(entry.amount)})}")
    return redirect("pay-till", region=visit.region.slug, till=entry.till.code)


@resident_page
def pay_at_till(request: HttpRequest, visit: Visit, till: str) -> HttpResponse:
    """The shop, what is good there, and the amount."""
    return _ask_amount(request, visit, _find_till(visit, till), AmountForm(visit.region))


@resident_page
def confirm(request: HttpRequest, visit: Visit, till: str) -> HttpResponse:
    """The question whether to pay (GET), and the payment (POST)."""
    asked = request.POST if request.method == "POST" else request.GET
    if earlier := _earlier(visit, asked.get("key", "")):
        return _show(visit, earlier)
    found, form = _find_till(visit, till), AmountForm(visit.region, asked)
    if not form.is_valid():
        return _ask_amount(request, visit, found, form)
    if request.method == "POST":
        return _pay(request, visit, found, form.cleaned_data["amount"])
    return _ask_whether(request, visit, found, form.cleaned_data["amount"])


def _ask_amount(request: HttpRequest, visit: Visit, till: Till, form: AmountForm) -> HttpResponse:
    usable = usable_at(till, visit.wallet_id, now=timezone.now())
    context = {
        "till": till,
        "usable": usable,
        "total": sum(part.amount for part in usable),
        "typed": form.data.get("amount", ""),
        "problem": form.problem,
        "being_checked": list(Payment.objects.of_wallet(visit.wallet_id).being_checked().with_places()),
    }
    return render(request, "payments/amount.html", context, status=422 if form.problem else 200)


def _ask_whether(request: HttpRequest, visit: Visit, till: Till, amount: int) -> HttpResponse:
    now, key = timezone.now(), request.GET.get("key", "")
    try:
        drawn = preview(till, visit.wallet_id, amount, now=now)
    except InsufficientBalance as problem:
        return _refuse(request, till, amount, key, problem)
    if not is_key(key):
        return redirect(f"{request.path}?{urlencode([('amount', str(amount)), ('key', str(uuid4()))])}")
    mine = Payment.objects.of_wallet(visit.wallet_id)
    again = mine.just_like(till=till, amount=amount, since=now - SAME_AGAIN).newest_first().first()
    context = {"till": till, "amount": amount, "key": key, "drawn": drawn, "again": again}
    return render(request, "payments/confirm.html", context)


def _pay(request: HttpRequest, visit: Visit, till: Till, amount: int) -> HttpResponse:
    key = request.POST.get("key", "")
    asked = PaymentRequest(visit.region, visit.wallet_id, till.code, amount, key)
    try:
        return _show(visit, pay(asked, until=visit.arrived_at + settings.PAYMENT_BUDGET))
    except REFUSED as problem:
        return _refuse(request, till, amount, key, problem)


def _refuse(request: HttpRequest, till: Till, amount: int, key: str, problem: Exception) -> HttpResponse:
    refusal = tell(problem, amount=amount)
    available = getattr(problem, "available", 0)
    context = {"refusal": refusal, "till": till, "amount": amount, "key": key, "available": available}
    response = render(request, "payments/refused.html", context, status=refusal.status)
    if isinstance(problem, NotaryAway):
        response["Retry-After"] = str(problem.retry_after)
    return response


def _show(visit: Visit, payment: Payment) -> HttpResponse:
    """Go to the payment by GET, so that a reload asks for it and pays nothing."""
    response = redirect(reverse("payment", args=[visit.region.slug, payment.pk]))
    response.status_code = 303
    return response


def _earlier(visit: Visit, key: str) -> Payment | None:
    """The payment that was made from this very page: its key comes before whatever else may have changed."""
    found: Payment | None = Payment.objects.of_wallet(visit.wallet_id).filter(idempotency_key=key).first()
    return found if key else None


def _find_till(visit: Visit, code: str) -> Till:
    try:
        return find_till(region=visit.region, code=code)
    except TillUnknown as problem:
        raise Http404 from problem


def is_key(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
