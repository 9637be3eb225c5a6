"""A payment cancelled, or partly given back, from its page at either admin site: asked, confirmed, told."""

import time
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.errors import AlreadyRefunded, KeyReused, NotRefundable, PaymentProblem
from payments.models import Payment, Refund
from payments.refunds import RefundRequest, refund_payment
from payments.states import RefundStatus
from payments.waiting import wait_for_outcome
from regions.admin_base import NOBODY, UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget, Who
from regions.yen import yen


class RefundForm(forms.Form):
    """How much and why. The key is made with the page, so that pressing twice refunds once."""

    amount = forms.IntegerField(
        label=gettext_lazy("amount to refund (yen)"),
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "list": "refund-reasons"}),
        error_messages={"required": gettext_lazy("A refund needs a reason.")},
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, payment: Payment, data: Any = None) -> None:
        super().__init__(data, initial={"amount": payment.refundable, "key": uuid4().hex})
        self.payment = payment

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount > self.payment.refundable:
            left = f"{self.payment.refundable:,}"
            raise forms.ValidationError(_("%(left)s yen of this payment can still be refunded.") % {"left": left})
        return amount


class RefundPages:
    """Adds the refund page to a payment's admin page. A mixin; `refund_by` says who may."""

    refund_by: Who = NOBODY
    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.refund_view)
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("<path:object_id>/refund/", view, name="payments_payment_refund"), *urls]

    def may_refund(self, request: HttpRequest, payment: Payment) -> bool:
        """Whether the person gives value back here at all; whether anything is left, the page says."""
        return self.admin_site.standing(request) in self.refund_by

    def refund_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        payment = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if payment is None or not self.may_refund(request, payment):
            raise Http404
        if request.method == "POST" and (earlier := self._earlier(payment, request.POST.get("key", ""))):
            return self._tell(request, payment, earlier)
        form = RefundForm(payment, request.POST or None)
        if form.is_valid() and "confirmed" in request.POST:
            return self._refund(request, payment, form)
        return self._ask(request, payment, form)

    def _earlier(self, payment: Payment, key: str) -> Refund | None:
        """The refund that this very page has made already: its button was pressed twice."""
        return Refund.objects.filter(payment=payment, idempotency_key=key).first() if key else None

    def _ask(self, request: HttpRequest, payment: Payment, form: RefundForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cancel or refund"),
            "payment": payment,
            "form": form,
            "confirming": form.is_bound and form.is_valid(),
            "amount_text": yen(form.cleaned_data["amount"]) if form.is_valid() else "",
            "whole": form.is_valid() and form.cleaned_data["amount"] == payment.amount,
        }
        return render(request, "admin/refund.html", context)

    def _refund(self, request: HttpRequest, payment: Payment, form: RefundForm) -> HttpResponse:
        asked = RefundRequest(
            payment_id=payment.pk,
            amount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            by=request.user,  # type: ignore[arg-type]
            key=form.cleaned_data["key"],
        )
        try:
            refund = refund_payment(asked)
        except PaymentProblem as problem:
            messages.error(request, refusal(problem))
            return self._back(payment)
        self.log_change(request, payment, f"{_('refund')} {yen(refund.amount)}: {refund.reason}")  # type: ignore[attr-defined]
        return self._tell(request, payment, refund)

    def _tell(self, request: HttpRequest, payment: Payment, refund: Refund) -> HttpResponse:
        refund = wait_for_outcome(refund, until=time.monotonic() + settings.PAYMENT_BUDGET)
        level, sentence = outcome(refund)
        messages.add_message(request, level, sentence)
        return self._back(payment)

    def _back(self, payment: Payment) -> HttpResponse:
        return redirect(reverse(f"{self.admin_site.name}:payments_payment_change", args=[payment.pk]))


def outcome(refund: Refund) -> tuple[int, str]:
    """What has become of a refund, for the person who asked for it: the level of the message, and its sentence."""
    amount = {"yen": yen(refund.amount)}
    if refund.status == RefundStatus.COMPLETED:
        return messages.SUCCESS, _("%(yen)s were returned to the customer's vouchers.") % amount
    if refund.status == RefundStatus.REFUSED:
        return messages.ERROR, _("%(yen)s were not returned. Please ask the secretariat.") % amount
    return messages.WARNING, _(
        "The refund of %(yen)s was accepted and is being checked. It will be completed by itself; do not ask again."
    ) % amount


def refusal(problem: PaymentProblem) -> str:
    """Why nothing was refunded, where the form could not know it beforehand."""
    if isinstance(problem, AlreadyRefunded):
        return _("%(left)s yen of this payment can still be refunded.") % {"left": f"{problem.left:,}"}
    if isinstance(problem, NotRefundable):
        return _("Only a completed payment can be refunded.")
    if isinstance(problem, KeyReused):
        return _("This page was used for another refund. Please open it again.")
    return _("The refund is not possible. Nothing was changed.")
