"""Programmes, ticket types and the value in wallets, at the secretariat's site."""

from importlib import import_module
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.admin_base import OFFICE, RegionScopedAdmin, ScopedStackedInline, ScopedTabularInline, display
from regions.models import Resident
from regions.staff_site import staff_site
from regions.yen import yen
from vouchers.application_staff import (
    ApplicationAdmin,
    application_panel,
    applications_panel,
    entry_view,
    treat_view,
)
from vouchers.dashboard import vouchers_panel
from vouchers.draw_staff import DrawAdmin, lottery_panel, lottery_view
from vouchers.grants.entitlement_pages import (
    EntitlementAdmin,
    TermsForm,
    entitlement_panel,
    people_who_left_panel,
)
from vouchers.grants.list_pages import GrantListAdmin, list_panel
from vouchers.models import (
    Application,
    Draw,
    Entitlement,
    Frame,
    FundingShare,
    GrantList,
    GrantTerms,
    LedgerEntry,
    Programme,
    TicketType,
    Unit,
    UnitPart,
    Voucher,
    Wallet,
)

TICKET_FIELDS = (
    ("name", "name_en"),
    ("slug", "kind"),
    "use_from_at",
    "use_until_at",
    "restriction",
)

SALE_FIELDS = (
    "allotment",
    ("apply_from_at", "apply_until_at"),
    ("sale_from_at", "sale_until_at"),
    ("lottery_rule", "draw_by"),
    "pay_within_days",
)
LIMIT_FIELDS = (
    ("residence_rule", "basis_on"),
    ("age_from", "age_to"),
    ("limit_per_person", "limit_units_per_person", "limit_units_per_household"),
    "budget",
)


class FundingShareInline(ScopedTabularInline):
    model = FundingShare
    add_by = change_by = delete_by = OFFICE
    fields = ("source", "share")


class UnitPartInline(ScopedTabularInline):
    model = UnitPart
    add_by = change_by = delete_by = OFFICE
    fields = ("ticket_type", "face")


class TicketTypeInline(ScopedStackedInline):
    model = TicketType
    add_by = change_by = OFFICE
    fields = TICKET_FIELDS
    show_change_link = True


class ProgrammeAdmin(RegionScopedAdmin):
    icon = "campaign"
    add_by = change_by = OFFICE
    list_display = ("name", "status", "use_from_at", "use_until_at", "limit_per_person", "region")
    list_filter = ("region", "status")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ["region", "name", "slug", "issuer", "issuer_kind", "description", "status"]}),
        (_("Applications and sale"), {"fields": [*SALE_FIELDS]}),
        (_("Use"), {"fields": ["use_from_at", "use_until_at", "claim_until_on", "refund_grace_days", "payment_cap"]}),
        (_("Who, and how much"), {"fields": [*LIMIT_FIELDS]}),
    )
    inlines = (TicketTypeInline,)


class GrantTermsInline(ScopedStackedInline):
    model = GrantTerms
    form = TermsForm
    add_by = change_by = delete_by = OFFICE
    fields = ("rule",)


class TicketTypeAdmin(RegionScopedAdmin):
    icon = "confirmation_number"
    region_from = "programme"
    add_by = change_by = OFFICE
    list_display = ("name", "programme", "kind", "restriction", "region")
    list_filter = ("region", "programme", "kind")
    list_select_related = ("programme", "region")
    search_fields = ("name", "slug", "programme__name")
    fields = ("programme", *TICKET_FIELDS)
    inlines = (FundingShareInline, GrantTermsInline)


class FrameAdmin(RegionScopedAdmin):
    icon = "groups"
    region_from = "programme"
    add_by = change_by = OFFICE
    list_display = ("name", "programme", "age_from", "age_to", "child_born_from", "region")
    list_filter = ("region", "programme")
    list_select_related = ("programme", "region")
    search_fields = ("name", "slug", "programme__name")
    fields = ("programme", ("name", "slug"), ("age_from", "age_to"), "child_born_from")


class UnitAdmin(RegionScopedAdmin):
    icon = "shopping_bag"
    region_from = "programme"
    add_by = change_by = OFFICE
    list_display = ("name", "programme", "frame", "price", "face_shown", "stock", "region")
    list_filter = ("region", "programme")
    list_select_related = ("programme", "frame", "region")
    search_fields = ("name", "slug", "programme__name")
    fields = ("programme", "frame", ("name", "slug"), "price", ("stock", "limit_per_person"), "position")
    inlines = (UnitPartInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("parts")

    @display(description=_("face value (yen)"))
    def face_shown(self, unit: Unit) -> str:
        return yen(unit.face)


class WalletAdmin(RegionScopedAdmin):
    icon = "account_balance_wallet"
    list_display = ("resident", "available", "created_at", "region")
    ordering = ("resident__kana", "pk")
    list_filter = ("region",)
    list_select_related = ("resident", "region")
    search_fields = ("resident__resident_no", "resident__name", "resident__kana")
    fields = ("resident", "created_at", "region")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("vouchers")

    @display(description=_("available"))
    def available(self, wallet: Wallet) -> str:
        now = timezone.now()
        return yen(sum(v.available for v in wallet.vouchers.all() if v.expires_at > now))


class VoucherAdmin(RegionScopedAdmin):
    icon = "sell"
    list_display = (
        "ticket_type",
        "wallet",
        "face",
        "available_shown",
        "held",
        "spent",
        "expired",
        "expires_at",
        "region",
    )
    list_filter = ("region", "ticket_type", "expires_at")
    list_select_related = ("ticket_type", "wallet__resident", "region")
    search_fields = ("wallet__resident__resident_no", "wallet__resident__name", "wallet__resident__kana", "reason")
    fieldsets = (
        (None, {"fields": ["ticket_type", "wallet", "reason", "id", "region"]}),
        (_("Value"), {"fields": ["face", "available_shown", "held", "spent", "expired"]}),
        (_("Times"), {"fields": ["issued_at", "registered_at", "usable_from_at", "expires_at", "closed_at"]}),
    )
    readonly_fields = ("id", "available_shown")

    @display(description=_("available (yen)"))
    def available_shown(self, voucher: Voucher) -> str:
        return f"{voucher.available:,}"


class LedgerEntryAdmin(RegionScopedAdmin):
    icon = "menu_book"
    list_display = ("at", "kind", "amount_shown", "voucher", "wallet", "region")
    list_filter = ("region", "kind", "at")
    list_select_related = ("voucher__ticket_type", "voucher__wallet__resident", "region")
    search_fields = ("=source", "=voucher__id", "voucher__wallet__resident__resident_no")
    search_help_text = _("Id of a payment, refund or voucher, or a resident's number")
    fields = ("at", "kind", "amount_shown", "voucher", "source", "written_at", "region")

    @display(description=_("amount (yen)"), ordering="amount")
    def amount_shown(self, entry: LedgerEntry) -> str:
        return f"{entry.amount:+,}"

    @display(description=_("wallet"))
    def wallet(self, entry: LedgerEntry) -> str:
        return str(entry.voucher.wallet)


def wallet_panel(request: HttpRequest, resident: Resident) -> tuple[str, dict[str, Any]]:
    """The resident's vouchers, those that can still be used first."""
    vouchers = Voucher.objects.filter(wallet__resident=resident).select_related("ticket_type__programme")
    now = timezone.now()
    usable = vouchers.spendable(at=now)
    context = {
        "vouchers": vouchers.order_by("-expires_at", "id")[:100],
        "available": sum(voucher.available for voucher in usable),
        "now": now,
        "listing": reverse("staff:vouchers_voucher_changelist"),
    }
    return "staff/wallet.html", context


staff_site.register(Programme, ProgrammeAdmin)
staff_site.register(TicketType, TicketTypeAdmin)
staff_site.register(Frame, FrameAdmin)
staff_site.register(Unit, UnitAdmin)
staff_site.register(Wallet, WalletAdmin)
staff_site.register(Voucher, VoucherAdmin)
staff_site.register(LedgerEntry, LedgerEntryAdmin)
staff_site.dashboard_panels.append(vouchers_panel)
staff_site.add_panel(Resident, wallet_panel)
staff_site.register(GrantList, GrantListAdmin)
staff_site.register(Entitlement, EntitlementAdmin)
staff_site.add_panel(GrantList, list_panel)
staff_site.add_panel(Entitlement, entitlement_panel)
staff_site.dashboard_panels.append(people_who_left_panel)

# Pages of their own, found by the same look for `admin`.
import_module("vouchers.order_admin")
staff_site.register(Application, ApplicationAdmin)
staff_site.register(Draw, DrawAdmin)
staff_site.add_panel(Programme, lottery_panel)
staff_site.add_panel(Application, application_panel)
staff_site.add_page("vouchers/lottery/<uuid:programme>/", lottery_view, "lottery")
staff_site.add_page("vouchers/lottery/<uuid:programme>/enter/", entry_view, "application-entry")
staff_site.add_page("vouchers/lottery/applications/<uuid:application>/", treat_view, "application-treat")
staff_site.dashboard_panels.append(applications_panel)
