"""Payments and refunds at the secretariat's site: with every step, and unchangeable."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

# Django looks for modules of this name only, so the other pages come along from here.
import payments.portal
import payments.settlement_admin  # noqa: F401
from merchants.models import Store
from payments.dashboard import payments_panel
from payments.difference_pages import DifferenceAdmin, sides_panel
from payments.dispute_pages import DisputeFilter, DisputePages
from payments.guarantee_panel import guarantees_panel, guarantees_view
from payments.history import PaymentHistory
from payments.history_filters import PeriodFilter, ProgrammeFilter, RegionFilter, WordingFilter
from payments.models import Difference, Payment, Refund, StoreEntry
from payments.panels import (
    REFUND_TONES,
    allocations_panel,
    dispute_panel,
    refund_button_panel,
    refunds_panel,
    resident_payments_panel,
    steps_panel,
)
from payments.refund_pages import RefundPages
from payments.states import Status
from payments.wording import TONES, notarys_reason, wording, wording_key
from regions.admin_base import OFFICE, RegionScopedAdmin, display
from regions.models import Resident
from regions.staff_site import staff_site
from regions.yen import yen
from vouchers.models import Wallet

# So many people or shops of one name are looked through; who means another types more of it.
NAMED_MAX = 200


class PaymentAdmin(DisputePages, RefundPages, PaymentHistory, RegionScopedAdmin):
    icon = "receipt_long"
    refund_by = OFFICE
    decide_by = OFFICE
    list_display = (
        "time_shown", "amount_shown", "wording_shown", "refunded_shown", "resident", "store", "number_shown", "region",
    )  # fmt: skip
    list_select_related = ("store", "till", "region", "wallet__resident")
    list_filter = (PeriodFilter, WordingFilter, DisputeFilter, ProgrammeFilter, RegionFilter)
    needs_period_for_sums = True
    search_help_text = _("Payment number, resident's number or name, store")
    fieldsets = (
        (None, {"fields": ["number_shown", "status", "amount_shown", "refunded_shown", "resident_link", "region"]}),
        (_("Place and time"), {"fields": ["store", "till", "time_shown", "decided_at"]}),
        (
            _("Verification"),
            {"fields": ["attempts", "next_look", "reason_shown", "log_position"]},
        ),
    )
    readonly_fields = (
        *("number_shown", "amount_shown", "refunded_shown", "time_shown"),
        *("resident_link", "next_look", "reason_shown"),
    )

    def region_ids(self, request: HttpRequest) -> list[Any]:
        return self.admin_site.scope_ids(request)  # type: ignore[no-any-return]

    def find_by_words(self, request: HttpRequest, payments: QuerySet[Payment], words: str) -> QuerySet[Payment]:
        """Of the residents, stores and tills that the words name; these first, since payments are many more."""
        regions = self.admin_site.scope_ids(request)
        people, stores = Resident.objects.filter(region__in=regions), Store.objects.filter(region__in=regions)
        for word in words.split():
            people = people.filter(Q(resident_no__icontains=word) | Q(name__icontains=word) | Q(kana__icontains=word))
            stores = stores.filter(Q(name__icontains=word) | Q(tills__code__iexact=word))
        wallets = Wallet.objects.filter(resident__in=people[:NAMED_MAX]).values_list("pk", flat=True)
        shops = stores.distinct().values_list("pk", flat=True)[:NAMED_MAX]
        return payments.filter(Q(wallet__in=list(wallets)) | Q(store__in=list(shops)))

    @display(description=_("next look"))
    def next_look(self, payment: Payment) -> str:
        return date_format(localtime(payment.next_attempt_at), "Y/m/d H:i:s") if payment.next_attempt_at else "-"

    # At the counter it stays paid; who has to decide on it sees that it waits.
    @display(description=_("status"), label=TONES | {Status.DISPUTED: "danger"})
    def wording_shown(self, payment: Payment) -> tuple[str, str]:
        if payment.status == Status.DISPUTED:
            return Status.DISPUTED, str(Status.DISPUTED.label)
        return wording_key(payment), str(wording(payment).words)

    @display(description=_("the notary's reason"))
    def reason_shown(self, payment: Payment) -> str:
        return notarys_reason(payment)

    @display(description=_("resident"), ordering="wallet__resident__kana")
    def resident(self, payment: Payment) -> str:
        return str(payment.wallet.resident)

    @display(description=_("resident"))
    def resident_link(self, payment: Payment) -> str:
        resident = payment.wallet.resident
        address = reverse("staff:regions_resident_change", args=[resident.pk])
        return format_html('<a class="house-link" href="{}">{}</a>', address, resident)


class RefundAdmin(RegionScopedAdmin):
    icon = "undo"
    list_display = ("requested_at", "amount_shown", "status_shown", "payment", "reason", "requested_by", "region")
    list_filter = ("region", "status", "requested_at")
    list_select_related = ("payment", "requested_by", "region")
    search_fields = ("reason", "payment__store__name")
    fields = ("payment", "amount", "status", "reason", "requested_by_shown", "requested_at", "decided_at", "region")

    readonly_fields = ("requested_by_shown",)

    # The person may be one whose page only operators can open, so there is no link to it.
    @display(description=_("by"))
    def requested_by_shown(self, refund: Refund) -> str:
        return str(refund.requested_by)

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, refund: Refund) -> str:
        return yen(refund.amount)

    @display(description=_("status"), label=REFUND_TONES)
    def status_shown(self, refund: Refund) -> tuple[str, str]:
        return refund.status, str(refund.get_status_display())


class StoreEntryAdmin(RegionScopedAdmin):
    icon = "savings"
    list_display = ("at", "store", "kind", "amount_shown", "payment", "region")
    list_filter = ("region", "kind", "at")
    list_select_related = ("store", "payment", "region")
    search_fields = ("store__name", "store__store_no")
    fields = ("at", "store", "kind", "amount", "payment", "source", "written_at", "region")

    @display(description=_("amount (yen)"), ordering="amount")
    def amount_shown(self, entry: StoreEntry) -> str:
        return f"{entry.amount:+,}"


staff_site.register(Payment, PaymentAdmin)
staff_site.register(Refund, RefundAdmin)
staff_site.register(StoreEntry, StoreEntryAdmin)
staff_site.register(Difference, DifferenceAdmin)
staff_site.dashboard_panels.append(payments_panel)
staff_site.dashboard_panels.append(guarantees_panel)
staff_site.add_page("live/guarantees/", guarantees_view, "guarantees")
staff_site.add_panel(Resident, resident_payments_panel)
for panel in (dispute_panel, refund_button_panel, allocations_panel, refunds_panel, steps_panel):
    staff_site.add_panel(Payment, panel)
staff_site.add_panel(Difference, sides_panel)
