"""Notices to the shops: written at the secretariat's site, read on the portal's first page."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from merchants.models import Notice
from merchants.notices import current_notices, publish_notice
from merchants.portal import portal_site
from merchants.roles import SEE_MONEY
from regions.admin_base import NOBODY, OFFICE, RegionScopedAdmin

SHOWN = 5


class NoticeAdmin(RegionScopedAdmin):
    """What was said stays as it was said; a mistake is put right by another notice."""

    icon = "campaign"
    view_by = add_by = OFFICE
    change_by = delete_by = NOBODY
    list_display = ("title", "merchant", "published_at", "until_at", "created_by", "region")
    list_filter = ("region", "published_at")
    list_select_related = ("merchant", "region", "created_by")
    search_fields = ("title", "body", "merchant__name")
    autocomplete_fields = ("merchant",)
    fields: ClassVar[tuple[str, ...]] = ("region", "merchant", "title", "body", "published_at", "until_at")

    def save_model(self, request: HttpRequest, obj: Notice, form: Any, change: bool) -> None:
        self.refuse_elsewhere(request, obj)
        user: Any = request.user
        publish_notice(obj, by=user)


def notices_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """What the secretariat tells these merchants at the moment."""
    private_to = portal_site.merchants_as(request, *SEE_MONEY)
    found = current_notices(portal_site.scope(request), private_to=private_to)
    return "portal/notices.html", {"title": _("Notices from the secretariat"), "notices": found[:SHOWN]}
