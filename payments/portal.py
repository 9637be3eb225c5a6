"""Payments at the shops' portal: the live list, the history for the bookkeeper, refunds."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from merchants.portal import MerchantScopedAdmin, portal_site
from payments.history import PaymentHistory
from payments.history_filters import PeriodFilter, ProgrammeFilter, TillFilter, WordingFilter
from payments.live import live_panel, live_view
from payments.models import Payment, Statement
from payments.panels import kinds_panel, refund_button_panel, refunds_panel
from payments.payout_panel import payout_panel
from payments.reach import may_refund, payments_within_reach
from payments.refund_pages import RefundPages
from payments.shop_charts import shop_charts_panel
from payments.statement_pages import PortalStatementAdmin, statement_panel
from payments.till_pages import screen_view, take_view, taken_view, till_panel
from payments.word_pages import words_view
from payments.wording import counted
from regions.admin_base import SHOPS, display
from regions.yen import yen


class PaymentAdmin(RefundPages, PaymentHistory, MerchantScopedAdmin):
    """What shops may know of a payment: when, where, how much; never who."""

    scope_path = "store__merchant"
    icon = "receipt_long"
    refund_by = SHOPS
    list_display = ("time_shown", "amount_shown", "wording_shown", "refunded_shown", "till", "number_shown")
    list_filter = (PeriodFilter, TillFilter, ProgrammeFilter, WordingFilter)
    filters_offered = frozenset({"from", "to", "till", "programme", "status"})
    search_help_text = _("Payment number")
    fieldsets = (
        (None, {"fields": ["number_shown", "words_shown", "amount_shown", "refunded_shown", "counted_shown"]}),
        (_("Place and time"), {"fields": ["store", "till", "time_shown", "decided_at"]}),
    )
    readonly_fields = ("number_shown", "words_shown", "amount_shown", "refunded_shown", "counted_shown", "time_shown")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        user: Any = request.user
        return payments_within_reach(user).select_related(*self.list_select_related)

    def region_ids(self, request: HttpRequest) -> list[Any]:
        return [merchant.region_id for merchant in portal_site.scope(request)]

    def may_refund(self, request: HttpRequest, payment: Payment) -> bool:
        user: Any = request.user
        return may_refund(user, payment)

    @display(description=_("counted for the store"))
    def counted_shown(self, payment: Payment) -> str:
        return yen(counted(payment))


portal_site.register(Payment, PaymentAdmin)
portal_site.add_page("live/", live_view, "live")
portal_site.add_page("screen/", screen_view, "screen")
portal_site.add_page("take/", take_view, "take")
portal_site.add_page("take/<uuid:code>/", taken_view, "taken")
portal_site.add_page("words/", words_view, "words")
portal_site.dashboard_panels.append(till_panel)
portal_site.dashboard_panels.append(live_panel)
portal_site.dashboard_panels.append(payout_panel)
portal_site.register(Statement, PortalStatementAdmin)
portal_site.add_panel(Statement, statement_panel)
portal_site.dashboard_panels.append(shop_charts_panel)
for panel in (refund_button_panel, kinds_panel, refunds_panel):
    portal_site.add_panel(Payment, panel)
