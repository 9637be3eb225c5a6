"""The report in the shape of Statuspage's `summary.json`, which monitors and status readers know."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils import timezone

from maintenance.incident_words import cause_said, event_said
from maintenance.levels import Function, Level
from maintenance.models import Cause, EventKind, Incident, State, Window
from maintenance.status import RegionStatus, Report
from maintenance.wording import function_words

# Statuspage's own indicators and words, in its own language.
NONE = ("none", "All Systems Operational")
MAINTENANCE = ("maintenance", "Service Under Maintenance")
MINOR = ("minor", "Partially Degraded Service")
MAJOR = ("major", "Partial System Outage")
CRITICAL = ("critical", "Major System Outage")


def summary(report: Report, windows: list[Window]) -> dict[str, Any]:
    """The whole document."""
    indicator, description = indicator_of(report)
    return {
        "page": page(report),
        "status": {"indicator": indicator, "description": description},
        "components": [
            component(status, function, position, report.at)
            for position, (status, function) in enumerate(_pairs(report), start=1)
        ],
        "incidents": [unresolved(incident, report) for incident in report.incidents()],
        "scheduled_maintenances": [scheduled(window, report) for window in windows],
    }


def indicator_of(report: Report) -> tuple[str, str]:
    """The worst of all components, as one word; maintenance only where nothing is wrong."""
    levels = report.levels()
    payments = [status.levels[Function.PAYMENTS] for status in report.regions]
    if report.is_database_away or (payments and set(payments) == {Level.MAJOR}):
        return CRITICAL
    if Level.MAJOR in levels or Level.PARTIAL in levels:
        return MAJOR
    if Level.DEGRADED in levels:
        return MINOR
    return MAINTENANCE if Level.MAINTENANCE in levels else NONE


def page(report: Report) -> dict[str, Any]:
    return {
        "id": "hansatsu",
        "name": "Hansatsu",
        "url": settings.PUBLIC_URL,
        "time_zone": settings.TIME_ZONE,
        "updated_at": stamp(report.at),
    }


def component(status: RegionStatus, function: Function, position: int, at: datetime) -> dict[str, Any]:
    """One function of one region. `region` and `function` are ours, beside Statuspage's members."""
    region = status.region
    return {
        "id": f"{region.slug}.{function}",
        "name": f"{region.display_name} · {function_words(function)}",
        "status": status.levels[function],
        "region": region.slug,
        "function": function,
        "created_at": stamp(region.created_at),
        "updated_at": stamp(at),
        "position": position,
        "description": None,
        "showcase": True,
        "start_date": None,
        "group_id": None,
        "page_id": "hansatsu",
        "group": False,
        "only_show_if_degraded": False,
    }


def scheduled(window: Window, report: Report) -> dict[str, Any]:
    """A window as a scheduled maintenance: `scheduled` before its start, `in_progress` after."""
    is_open = window.state(report.at) is State.OPEN
    return {
        "id": str(window.pk),
        "name": str(window),
        "status": "in_progress" if is_open else "scheduled",
        "impact": "maintenance",
        "created_at": stamp(window.created_at),
        "updated_at": stamp(window.created_at),
        "started_at": stamp(window.starts_at),
        "scheduled_for": stamp(window.starts_at),
        "scheduled_until": stamp(window.expected_until) if window.expected_until else None,
        "shortlink": settings.PUBLIC_URL,
        "page_id": "hansatsu",
        "incident_updates": [update(window, is_open=is_open)],
        "components": [
            component(status, function, position, report.at)
            for position, (status, function) in enumerate(_pairs(report), start=1)
            if window.holds_for(status.region.slug) and status.levels[function] is Level.MAINTENANCE
        ],
    }


def update(window: Window, *, is_open: bool) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_URL, str(window.pk))),
        "incident_id": str(window.pk),
        "status": "in_progress" if is_open else "scheduled",
        "body": window.display_message,
        "created_at": stamp(window.created_at),
        "updated_at": stamp(window.created_at),
        "display_at": stamp(window.starts_at),
    }


# How bad it is for residents and shops.
IMPACT = {Cause.REDIS: "minor", Cause.WORKERS: "minor", Cause.DATABASE: "critical", Cause.WEB: "critical"}


def unresolved(incident: Incident, report: Report) -> dict[str, Any]:
    """An incident that is not over, with what the platform has written of it."""
    affected = {region.slug for region in incident.regions.all()}
    return {
        "id": str(incident.pk),
        "name": cause_said(incident.cause),
        "status": incident.state,
        "impact": IMPACT.get(Cause(incident.cause), "major"),
        "created_at": stamp(incident.opened_at),
        "updated_at": stamp(incident.cleared_at or incident.opened_at),
        "started_at": stamp(incident.opened_at),
        "monitoring_at": stamp(incident.cleared_at) if incident.cleared_at else None,
        "resolved_at": None,
        "shortlink": settings.PUBLIC_URL,
        "page_id": "hansatsu",
        "incident_updates": [
            {
                "id": str(event.pk),
                "incident_id": str(incident.pk),
                "status": incident.state,
                "body": f"{event.get_kind_display()}: {event_said(event.kind, event.facts)}",
                "created_at": stamp(event.at),
                "updated_at": stamp(event.at),
                "display_at": stamp(event.at),
            }
            for event in incident.events.all()
            if event.kind in PUBLIC
        ],
        "components": [
            component(status, function, position, report.at)
            for position, (status, function) in enumerate(_pairs(report), start=1)
            if status.region.slug in affected and function is Function.PAYMENTS
        ],
    }


# Whom the office has told is its own business.
PUBLIC = frozenset({EventKind.DETECTED, EventKind.IDENTIFIED, EventKind.CLEARED, EventKind.RELAPSED})


def stamp(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="milliseconds")


def _pairs(report: Report) -> list[tuple[RegionStatus, Function]]:
    return [(status, function) for status in report.regions for function in Function]
