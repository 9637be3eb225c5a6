"""Orders at the secretariat's site: found by number or person, cash taken, a receipt, a mistake undone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.admin_base import (
    RegionScopedAdmin,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    display,
)
from regions.errors import ApprovalOpen
from regions.staff_site import staff_site
from regions.yen import yen
from vouchers.desk import ask_undo, take_cash
from vouchers.models import Attempt, CashEntry, Order
from vouchers.order_errors import AmountDiffers, OrderSettled, UndoNotPossible
from vouchers.receipt import receipt_pdf


class CashForm(forms.Form):
    """The amount is typed as it was counted, so that a mistake shows before anything is written."""

    amount = forms.IntegerField(
        label=gettext_lazy("cash counted (yen)"),
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class UndoForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=200,
        min_length=3,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )


class OrderAdmin(RegionScopedAdmin):
    icon = "shopping_cart"
    list_display = ("number", "resident", "amount_shown", "status", "method", "pay_by_at", "region")
    list_filter = ("region", "status", "method", "programme")
    list_select_related = ("resident", "region")
    search_fields = ("number", "resident__resident_no", "resident__name", "resident__kana")
    search_help_text = gettext_lazy("Order number, or the resident's number or name")
    fields = ("number", "programme", "resident", "amount_shown", "status", "method", "opened_at", "pay_by_at",
              "paid_at", "issued_at", "ended_at", "region")  # fmt: skip

    @display(description=gettext_lazy("amount (yen)"), ordering="amount")
    def amount_shown(self, order: Order) -> str:
        return f"{order.amount:,}"

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        return [
            path("<path:object_id>/desk/", site.admin_view(self.desk_view), name="vouchers_order_desk"),
            path("<path:object_id>/receipt/", site.admin_view(self.receipt_view), name="vouchers_order_receipt"),
            *super().get_urls(),
        ]

    def _order(self, request: HttpRequest, object_id: str) -> Order:
        order: Order | None = self.get_object(request, object_id)
        if order is None:
            raise Http404
        return order

    def desk_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the cash, or ask to undo what was taken today."""
        order = self._order(request, object_id)
        make = CashForm if order.is_pending else UndoForm
        form = make(request.POST or None)
        if request.method == "POST" and form.is_valid():
            if order.is_pending:
                return self._take(request, order, form)
            return self._ask_undo(request, order, form)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{_('Desk')} {order.number}",
            "order": order,
            "lines": order.lines.select_related("unit"),
            "form": form,
            "entries": order.cash.select_related("by"),
        }
        return render(request, "staff/order_desk.html", context)

    def _take(self, request: HttpRequest, order: Order, form: forms.Form) -> HttpResponse:
        try:
            take_cash(order, amount=form.cleaned_data["amount"], by=request.user)  # type: ignore[arg-type]
        except AmountDiffers as problem:
            messages.error(
                request,
                _("This order is %(yen)s. Nothing was booked; please count again.") % {"yen": yen(problem.amount)},
            )
        except OrderSettled:
            messages.error(request, _("This order is not waiting for payment any more. Nothing was booked."))
        else:
            self.log_change(request, order, f"{_('cash taken')} {yen(order.amount)}")
            messages.success(request, _("%(yen)s were taken. Please print the receipt.") % {"yen": yen(order.amount)})
        return self._back(order)

    def _ask_undo(self, request: HttpRequest, order: Order, form: forms.Form) -> HttpResponse:
        try:
            ask_undo(order, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
        except UndoNotPossible:
            messages.error(
                request, _("Only cash of today can be undone, and only while none of the vouchers has been used.")
            )
        except ApprovalOpen:
            messages.warning(request, _("Somebody has asked for this already. A second person has to agree."))
        else:
            messages.success(request, _("A second person has to agree now. Until then nothing is undone."))
        return self._back(order)

    def receipt_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = self._order(request, object_id)
        entry = CashEntry.objects.filter(order=order, amount__gt=0).first()
        if entry is None or not order.paid_at:
            raise Http404
        response = HttpResponse(receipt_pdf(order, entry), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="receipt-{order.number}.pdf"'
        return response

    def _back(self, order: Order) -> HttpResponse:
        return redirect(reverse("staff:vouchers_order_desk", args=[order.pk]))


class CashEntryAdmin(RegionScopedAdmin):
    icon = "point_of_sale"
    list_display = ("at", "order", "amount_shown", "by", "reason", "region")
    list_filter = ("region", "at")
    list_select_related = ("order", "by", "region")
    fields = ("at", "order", "amount_shown", "by", "reason", "region")

    @display(description=gettext_lazy("amount (yen)"), ordering="amount")
    def amount_shown(self, entry: CashEntry) -> str:
        return f"{entry.amount:+,}"


class AttemptAdmin(RegionScopedAdmin):
    icon = "credit_card"
    list_display = ("begun_at", "order", "method", "amount", "standing", "problem", "given_back_at", "region")
    list_filter = ("region", "standing", "problem", "method")
    list_select_related = ("order", "region")
    search_fields = ("order__number", "reference")
    fields = ("order", "method", "amount", "standing", "problem", "reference", "begun_at", "paid_at",
              "given_back_at", "region")  # fmt: skip


def desk_panel(request: HttpRequest, order: Order) -> tuple[str, dict[str, Any]]:
    return "staff/order_desk_button.html", {"order": order}


staff_site.register(Order, OrderAdmin)
staff_site.register(Attempt, AttemptAdmin)
staff_site.register(CashEntry, CashEntryAdmin)
staff_site.add_panel(Order, desk_panel)
