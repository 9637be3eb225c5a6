"""The shops' admin site; rooms above register what they bring with it."""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from merchants.models import MemberRole, Merchant, Store, Till
from merchants.stands import papers_panel, stand_link
from regions.admin_base import SHOPS, ScopedAdmin, ScopedTabularInline, Standing, display
from regions.admin_site import HouseSite


class PortalSite(HouseSite):
    """Hands out merchants: those that the person works for."""

    settings_name = "UNFOLD_PORTAL"
    standing_of_members = Standing.SHOP

    def find_scope(self, user: Any) -> Iterable[Merchant]:
        found = Merchant.objects.filter(members__user=user).select_related("region")
        mine: Iterable[Merchant] = found.annotate(member_role=F("members__role"))
        return mine

    def role_of(self, request: HttpRequest, merchant_id: UUID) -> MemberRole | None:
        """What the person is at this merchant; None where they do not work."""
        roles = {merchant.pk: merchant.member_role for merchant in self.scope(request)}
        return MemberRole(roles[merchant_id]) if merchant_id in roles else None

    def may(self, request: HttpRequest, merchant_id: UUID, *roles: MemberRole) -> bool:
        """Whether the person is one of `roles` at this merchant."""
        return self.role_of(request, merchant_id) in roles

    def merchants_as(self, request: HttpRequest, *roles: MemberRole) -> list[Merchant]:
        """The merchants at which the person is one of `roles`."""
        return [merchant for merchant in self.scope(request) if merchant.member_role in roles]

    def time_zone(self, request: HttpRequest) -> ZoneInfo:
        merchants = self.scope(request)
        return merchants[0].region.tz if merchants else ZoneInfo(settings.TIME_ZONE)

    def stores(self, request: HttpRequest) -> QuerySet[Store]:
        """The stores of the merchants that the person works for."""
        return Store.objects.filter(merchant__in=self.scope_ids(request))

    def tills(self, request: HttpRequest) -> QuerySet[Till]:
        """Their tills that take payments, with their stores."""
        tills = Till.objects.filter(store__merchant__in=self.scope_ids(request), is_active=True)
        return tills.select_related("store", "region")


portal_site = PortalSite(name="portal")


class MerchantScopedAdmin(ScopedAdmin):
    """The pages of a model at the portal: to be looked at, in the scope of the person's merchants."""

    view_by = SHOPS
    filters_offered: ClassVar[frozenset[str]] = frozenset()

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        # The filters on offer are all there are: by comparing columns that it is not shown, a shop
        # could tell which payments are of the same customer.
        return lookup in self.filters_offered


class TillInline(ScopedTabularInline):
    model = Till
    view_by = SHOPS
    fields = ("name", "code", "is_active", "stand")
    readonly_fields = ("stand",)

    @display(description=_("QR stand"))
    def stand(self, till: Till) -> str:
        return stand_link(till)


class StoreAdmin(MerchantScopedAdmin):
    scope_path = "merchant"
    icon = "storefront"
    ordering = ("kana", "name")
    list_display = ("name", "store_no", "tills_count", "is_active")
    fields = ("name", "kana", "store_no", "category", "size_class", "address", "ticket_types_shown", "is_active")
    readonly_fields = ("ticket_types_shown",)
    inlines = (TillInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(tills_count=Count("tills"))

    @display(description=_("tills"))
    def tills_count(self, store: Any) -> int:
        return store.tills_count  # type: ignore[no-any-return]

    @display(description=_("ticket types it takes"))
    def ticket_types_shown(self, store: Store) -> str:
        return "、".join(str(ticket_type) for ticket_type in store.ticket_types.all()) or "-"


class TillAdmin(MerchantScopedAdmin):
    scope_path = "store__merchant"
    icon = "point_of_sale"
    list_display = ("name", "store", "code", "is_active", "stand")
    list_select_related = ("store", "region")
    fields = ("store", "name", "code", "is_active", "stand")
    readonly_fields = ("stand",)

    @display(description=_("QR stand"))
    def stand(self, till: Till) -> str:
        return stand_link(till)


portal_site.register(Store, StoreAdmin)
portal_site.register(Till, TillAdmin)
for _model in (Store, Till):
    portal_site.add_panel(_model, papers_panel)
