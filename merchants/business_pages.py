"""“Our business” at the portal: what the city has on file, for owners and bookkeepers."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

import merchants.people_pages
import merchants.till_pages  # noqa: F401
from merchants.models import MemberRole, Merchant
from merchants.portal import MerchantScopedAdmin, portal_site

SEEN_BY = (MemberRole.OWNER, MemberRole.BOOKKEEPER)


class BusinessAdmin(MerchantScopedAdmin):
    scope_path = "pk"
    icon = "business_center"
    menu_title = _("Our business")
    list_display = ("name", "contact_name", "contact_email")
    fieldsets = (
        (None, {"fields": ["name", "kana", "representative", "postcode", "address", "invoice_number"]}),
        (_("Contact"), {"fields": ["contact_name", "contact_email", "contact_phone"]}),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(portal_site.merchants_as(request, *SEEN_BY))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merchant]:
        mine: QuerySet[Merchant] = super().get_queryset(request)
        return mine.filter(pk__in=[merchant.pk for merchant in portal_site.merchants_as(request, *SEEN_BY)])


portal_site.register(Merchant, BusinessAdmin)
