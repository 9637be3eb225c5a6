"""What is shown below a payment's page, and below a resident's."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from payments.models import DisputeDecision, Payment, StoreEntry
from payments.reach import may_refund
from payments.states import RefundStatus, Status
from payments.wording import notarys_reason, wording
from regions.models import Resident
from regions.yen import yen
from vouchers.models import LedgerEntry

Panel = tuple[str, dict[str, Any]]

REFUND_TONES = {
    RefundStatus.PENDING: "warning",
    RefundStatus.COMPLETED: "success",
    RefundStatus.REFUSED: "danger",
}


def refund_button_panel(request: HttpRequest, payment: Payment) -> Panel:
    """The way to the refund page while anything can be given back, else why there is none."""
    site = request.resolver_match.namespace if request.resolver_match else "portal"
    user: Any = request.user
    return "admin/refund_button.html", {
        "payment": payment,
        "address": reverse(f"{site}:payments_payment_refund", args=[payment.pk]),
        "left": yen(payment.refundable),
        "may": site == "staff" or may_refund(user, payment),
    }


def dispute_panel(request: HttpRequest, payment: Payment) -> Panel:
    """The way to the page that decides a dispute, or what was decided; nothing where there never was one."""
    return "staff/dispute_button.html", {
        "is_open": payment.status == Status.DISPUTED,
        "decision": _decision_on(payment),
        "notarys_reason": notarys_reason(payment),
        "address": reverse("staff:payments_payment_dispute", args=[payment.pk]),
    }


def _decision_on(payment: Payment) -> DisputeDecision | None:
    found: DisputeDecision | None = DisputeDecision.objects.filter(payment=payment).select_related("decided_by").first()
    return found


def kinds_panel(request: HttpRequest, payment: Payment) -> Panel:
    """What the payment took of each ticket type."""
    kinds: dict[str, list[int]] = {}
    for allocation in payment.allocations.select_related("voucher__ticket_type"):
        sums = kinds.setdefault(str(allocation.voucher.ticket_type), [0, 0])
        sums[0] += allocation.amount
        sums[1] += allocation.refunded
    rows = [[kind, yen(amount), yen(refunded) if refunded else "-"] for kind, (amount, refunded) in kinds.items()]
    columns = [_("ticket type"), _("amount"), _("refunded")]
    return "admin/table.html", {"title": _("By ticket type"), "columns": columns, "rows": rows}


def allocations_panel(request: HttpRequest, payment: Payment) -> Panel:
    """What the payment took of each voucher."""
    rows = [
        [
            _link("vouchers_voucher", allocation.voucher),
            yen(allocation.amount),
            yen(allocation.refunded) if allocation.refunded else "-",
        ]
        for allocation in payment.allocations.select_related("voucher__ticket_type")
    ]
    columns = [_("voucher"), _("amount"), _("refunded")]
    return "admin/table.html", {"title": _("Allocations"), "columns": columns, "rows": rows}


def _link(page: str, row: Any) -> str:
    address = reverse(f"staff:{page}_change", args=[row.pk])
    return format_html('<a class="house-link" href="{}">{}</a>', address, row)


def refunds_panel(request: HttpRequest, payment: Payment) -> Panel:
    """Refunds of the payment, and the notary's receipt."""
    refunds = [(refund, REFUND_TONES[RefundStatus(refund.status)]) for refund in payment.refunds.all()]
    return "admin/payment_proof.html", {"payment": payment, "refunds": refunds}


def steps_panel(request: HttpRequest, payment: Payment) -> Panel:
    """Everything that happened to the payment, in order, with what it moved."""
    steps = [(payment.authorised_at, _("authorised, value held"), yen(payment.amount), "")]
    decision = _decision_on(payment)
    if payment.decided_at:
        where = payment.log_position if payment.log_position is not None else "-"
        note = _("position %(position)s in the notary's log") % {"position": where}
        is_refused = decision or payment.status == Status.DISPUTED
        said = _("refused") if is_refused else payment.get_status_display()
        note = f"{notarys_reason(payment)} ({note})" if is_refused else note
        steps.append((payment.decided_at, _("decided by the notary"), said, note))
    if decision:
        who = f"{decision.reason} ({decision.decided_by})"
        steps.append((decision.decided_at, _("decided by the office"), decision.get_outcome_display(), who))
    for refund in payment.refunds.select_related("requested_by"):
        who = f"{refund.reason} ({refund.requested_by})"
        steps.append((refund.requested_at, _("refund asked for"), yen(refund.amount), who))
        if refund.decided_at:
            steps.append((refund.decided_at, _("refund decided"), refund.get_status_display(), yen(refund.amount)))
    steps.extend(_entries(payment))
    return "staff/steps.html", {"steps": sorted(steps, key=lambda step: step[0]), "payment": payment}


def _entries(payment: Payment) -> list[tuple[Any, str, str, str]]:
    sources = [payment.pk, *payment.refunds.values_list("pk", flat=True)]
    ledger = LedgerEntry.objects.filter(source__in=sources).select_related("voucher__ticket_type")
    store = StoreEntry.objects.filter(payment=payment).select_related("store")
    return [
        *(
            (e.at, _("ledger: %(kind)s") % {"kind": e.get_kind_display()}, f"{e.amount:+,}", str(e.voucher))
            for e in ledger
        ),
        *((e.at, _("store: %(kind)s") % {"kind": e.get_kind_display()}, f"{e.amount:+,}", str(e.store)) for e in store),
    ]


def resident_payments_panel(request: HttpRequest, resident: Resident) -> Panel:
    """The resident's newest payments, for the question on the telephone: did it go through?"""
    payments = Payment.objects.filter(wallet__resident=resident).with_places().newest_first()[:20]
    lines = [
        {
            "payment": payment,
            "wording": wording(payment),
            "url": reverse("staff:payments_payment_change", args=[payment.pk]),
        }
        for payment in payments
    ]
    return "staff/resident_payments.html", {"lines": lines}
