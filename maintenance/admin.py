"""Maintenance windows at the secretariat's site: the list, the switch, and the panel on the first page."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maintenance.forms import ExtensionForm
from maintenance.incident_admin import incidents_panel
from maintenance.models import State, Window
from maintenance.panel import switch_panel
from maintenance.switch import SwitchPages
from maintenance.windows import may_switch
from maintenance.wording import STATES
from regions.admin_base import OFFICE, RegionScopedAdmin, display
from regions.models import User
from regions.staff_site import staff_site

TONES = {state: said.tone for state, said in STATES.items()}


class WindowAdmin(SwitchPages, RegionScopedAdmin):
    icon = "construction"
    add_by = OFFICE
    list_display = (
        *("region_shown", "scope_shown", "state_shown", "starts_at", "expected_until"),
        *("opened_by", "closed_at", "closed_by"),
    )
    list_filter = ("scope", "starts_at")
    list_select_related = ("region", "opened_by", "closed_by")
    fieldsets = (
        (None, {"fields": ["region_shown", "scope_shown", "state_words", "starts_at", "expected_until"]}),
        (_("Message"), {"fields": ["message", "message_en"]}),
        (_("Who and when"), {"fields": ["opened_by", "created_at", "closed_by", "closed_at"]}),
    )
    readonly_fields = ("region_shown", "scope_shown", "state_words", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Window]:
        """Windows of the person's regions, and those of all regions: they hold there, too."""
        return Window.objects.select_related("region").filter(
            Q(region__in=self.admin_site.scope_ids(request)) | Q(region__isnull=True)
        )

    @display(description=_("region"), ordering="region__slug")
    def region_shown(self, window: Window) -> str:
        return str(window.region or gettext("all regions"))

    @display(description=_("what is closed"), ordering="scope")
    def scope_shown(self, window: Window) -> str:
        return str(window.get_scope_display())

    @display(description=_("state"), label=TONES)
    def state_shown(self, window: Window) -> tuple[str, str]:
        state = window.state(timezone.now())
        return state, str(STATES[state].words)

    @display(description=_("state"))
    def state_words(self, window: Window) -> str:
        return str(STATES[window.state(timezone.now())].words)


def actions_panel(request: HttpRequest, window: Window) -> tuple[str, dict[str, Any]]:
    """Below a window's page: end it, tell another end, see what residents see."""
    user = request.user
    is_ended = window.state(timezone.now()) is State.ENDED
    return "maintenance/window_actions.html", {
        "window": window,
        "may_switch": isinstance(user, User) and may_switch(user, window.region) and not is_ended,
        "form": ExtensionForm(initial={"expected_until": window.expected_until}),
        "is_scheduled": window.state(timezone.now()) is State.SCHEDULED,
        "close": reverse("staff:maintenance_window_close", args=[window.pk]),
        "extend": reverse("staff:maintenance_window_extend", args=[window.pk]),
        "preview": reverse("staff:maintenance_window_preview", args=[window.pk]),
    }


staff_site.register(Window, WindowAdmin)
staff_site.dashboard_panels[:0] = [incidents_panel, switch_panel]
staff_site.add_panel(Window, actions_panel)
