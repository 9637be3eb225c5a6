"""What the control room keeps: closed signs, and what went wrong."""

from maintenance.models.incident import Cause, EventKind, Incident, IncidentEvent, IncidentState
from maintenance.models.window import Scope, State, Window, WindowQuerySet

__all__ = [
    "Cause",
    "EventKind",
    "Incident",
    "IncidentEvent",
    "IncidentState",
    "Scope",
    "State",
    "Window",
    "WindowQuerySet",
]
