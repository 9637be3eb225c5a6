"""A resident's pages: the balance, the history, and one payment as it is shown across the counter."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from payments.models import Payment
from payments.pages import balances, drawn, grouped_by_month, outcome
from payments.proof import proof_until, word_of_the_minute
from payments.states import RefundStatus
from payments.visits import Visit, resident_page
from regions.inbox import unread_count

LATEST = 5
PER_PAGE = 20


@resident_page
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What is left, what is being checked, and the latest payments."""
    mine = Payment.objects.of_wallet(visit.wallet_id).with_places().newest_first()
    found = balances(visit.wallet_id, now=timezone.now())
    context = {
        "balances": found,
        "total": sum(balance.available for balance in found),
        "held": sum(balance.held for balance in found),
        "being_checked": list(mine.being_checked()),
        "latest": list(mine[:LATEST]),
        "unread": unread_count(visit.resident_id),
    }
    return render(request, "payments/home.html", context)


@resident_page
def history(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every payment by month, newest first, each month with the sum of all of it."""
    mine = Payment.objects.of_wallet(visit.wallet_id)
    months = mine.by_month(visit.region.tz)
    chosen = _chosen_month(request, months)
    shown = mine.in_month(chosen, visit.region.tz) if chosen else mine
    page = Paginator(shown.with_places().newest_first(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "months": months,
        "chosen": chosen,
        "page": page,
        "groups": grouped_by_month(page, months),
        "query": f"month={chosen:%Y-%m}" if chosen else "",
    }
    return render(request, "payments/history.html", context)


@resident_page
def payment(request: HttpRequest, visit: Visit, payment: UUID) -> HttpResponse:
    """One payment, readable at arm's length; while it is fresh it proves that it is no picture."""
    found = _find(visit, payment)
    now, until = timezone.now(), proof_until(found)
    context = {
        "payment": found,
        "outcome": outcome(found),
        "drawn": drawn(found.allocations.select_related("voucher__ticket_type").order_by("voucher__expires_at", "id")),
        "refunds": found.refunds.exclude(status=RefundStatus.REFUSED),
        "now": now,
        "proof_until": until,
        "word": word_of_the_minute(found.till, now) if until else "",
    }
    return render(request, "payments/payment.html", context)


@resident_page
def payment_proof(request: HttpRequest, visit: Visit, payment: UUID) -> HttpResponse:
    """The word of this minute and the server's clock; no word when there is nothing left to prove."""
    found = _find(visit, payment)
    now = timezone.now()
    word = word_of_the_minute(found.till, now) if proof_until(found) else ""
    return JsonResponse({"word": word, "now": timezone.localtime(now).isoformat()})


@resident_page
def payment_status(request: HttpRequest, visit: Visit, payment: UUID) -> HttpResponse:
    """Whether the payment is still 確認中, for the page that waits, and how it ended."""
    found = _find(visit, payment)
    told = outcome(found)
    body = {"status": found.status, "is_checking": found.is_in_doubt, "word": str(told.word), "tone": told.tone}
    return JsonResponse(body)


def _find(visit: Visit, payment_id: UUID) -> Payment:
    mine = Payment.objects.of_wallet(visit.wallet_id).in_region(visit.region)
    found: Payment | None = mine.with_places().filter(pk=payment_id).first()
    if found is None:
        raise Http404
    return found


def _chosen_month(request: HttpRequest, months: list[dict[str, Any]]) -> Any:
    starts: list[datetime] = [month["month"] for month in months]
    wanted = request.GET.get("month", "")
    return next((start.date() for start in starts if f"{start:%Y-%m}" == wanted), None)
