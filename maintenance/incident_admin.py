"""Incidents at the secretariat's site: the list, one with its timeline, and those of this moment on the first page."""

from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maintenance.incident_words import TONES, cause_said, event_said, evidence_said, waits_said
from maintenance.models import Incident, IncidentState
from maintenance.watch.watchman import HEARTBEAT
from payments.models import Heartbeat
from regions.admin_base import ScopedAdmin, Standing, display
from regions.models import Region
from regions.staff_site import staff_site

# The watchman beats twice a second.
SILENT = timedelta(seconds=15)


class IncidentAdmin(ScopedAdmin):
    """Read only: an incident is opened and closed by what is seen, not by anybody's word."""

    icon = "emergency_home"
    scope_path = "regions"
    list_display = ("opened_at", "state_shown", "cause_shown", "regions_shown", "notified_at", "closed_at")
    list_filter = ("state", "cause", "opened_at")
    fields = (
        *("state_words", "cause_shown", "evidence_shown", "regions_shown"),
        *("opened_at", "notified_at", "cleared_at", "closed_at"),
    )
    readonly_fields = ("state_words", "cause_shown", "evidence_shown", "regions_shown")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        """Those of the person's regions, naming no other region."""
        scope = self.admin_site.scope_ids(request)
        own = Prefetch("regions", queryset=Region.objects.filter(pk__in=scope))
        return Incident.objects.concerning(scope).prefetch_related(own)

    @display(description=_("state"), label={str(state): tone for state, tone in TONES.items()})
    def state_shown(self, incident: Incident) -> tuple[str, str]:
        return incident.state, str(incident.get_state_display())

    @display(description=_("state"))
    def state_words(self, incident: Incident) -> str:
        return str(incident.get_state_display())

    @display(description=_("cause"), ordering="cause")
    def cause_shown(self, incident: Incident) -> str:
        return cause_said(incident.cause)

    @display(description=_("what was seen"))
    def evidence_shown(self, incident: Incident) -> str:
        return evidence_said(incident.evidence)

    @display(description=_("regions affected"))
    def regions_shown(self, incident: Incident) -> str:
        return "、".join(str(region) for region in incident.regions.all())


def timeline_panel(request: HttpRequest, incident: Incident) -> tuple[str, dict[str, Any]]:
    """What happened when, and what the all-clear waits for."""
    own = {"", *(region.name for region in staff_site.scope(request))}
    events = [event for event in incident.events.all() if event.facts.get("region", "") in own]
    return "maintenance/timeline.html", {
        "title": gettext("Timeline"),
        "columns": [gettext("time"), gettext("what"), gettext("details")],
        "rows": [
            [
                date_format(localtime(event.at), "m/d H:i:s"),
                event.get_kind_display(),
                event_said(event.kind, event.facts),
            ]
            for event in events
        ],
        "waits": waits_said(incident.waiting_for) if incident.state == IncidentState.MONITORING else [],
    }


def incidents_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """What is wrong now, first of all that the page shows; and whether anybody watches."""
    scope = staff_site.scope_ids(request)
    own = Prefetch("regions", queryset=Region.objects.filter(pk__in=scope))
    incidents = Incident.objects.not_closed().concerning(scope).prefetch_related(own)
    return "maintenance/incidents.html", {
        "incidents": [(incident, TONES[IncidentState(incident.state)], _line(incident)) for incident in incidents],
        "is_unwatched": _is_unwatched(),
        "is_operator": staff_site.standing(request) is Standing.OPERATOR,
        "listing": reverse("staff:maintenance_incident_changelist"),
    }


def _line(incident: Incident) -> dict[str, str]:
    return {
        "cause": cause_said(incident.cause),
        "regions": "、".join(str(region) for region in incident.regions.all()),
        "url": reverse("staff:maintenance_incident_change", args=[incident.pk]),
    }


def _is_unwatched() -> bool:
    return not Heartbeat.objects.filter(name=HEARTBEAT, beat_at__gte=timezone.now() - SILENT).exists()


staff_site.register(Incident, IncidentAdmin)
staff_site.add_panel(Incident, timeline_panel)
