"""Incidents written to the database as it comes back, and read when the watchman starts."""

from uuid import UUID

from django.db import transaction

from maintenance.models import Cause, Incident, IncidentEvent, IncidentState
from maintenance.watch.casebook import Case
from regions.models import Region


@transaction.atomic(durable=True)
def write(case: Case) -> None:
    """Make the rows say what the case says. Idempotent; events are only added."""
    incident, _made = Incident.objects.update_or_create(
        pk=case.id,
        defaults={
            "cause": case.cause,
            "state": case.state,
            "cluster_id": case.cluster_id,
            "evidence": case.evidence[:200],
            "opened_at": case.opened_at,
            "identified_at": case.identified_at,
            "notified_at": case.notified_at,
            "cleared_at": case.cleared_at,
            "closed_at": case.closed_at,
            "waiting_for": list(case.waiting_for),
        },
    )
    incident.regions.set(Region.objects.filter(pk__in=case.regions))
    IncidentEvent.objects.bulk_create(
        (
            IncidentEvent(id=event.id, incident=incident, at=event.at, kind=event.kind, facts=event.facts)
            for event in case.events
        ),
        ignore_conflicts=True,
    )


def read_open() -> list[Case]:
    """The incidents that another watchman, or this one before it died, has left open."""
    return [_case(incident) for incident in Incident.objects.not_closed().prefetch_related("regions")]


def _case(incident: Incident) -> Case:
    regions: frozenset[UUID] = frozenset(region.pk for region in incident.regions.all())
    return Case(
        id=incident.pk,
        cause=Cause(incident.cause),
        regions=regions,
        opened_at=incident.opened_at,
        evidence=incident.evidence,
        cluster_id=incident.cluster_id,
        state=IncidentState(incident.state),
        identified_at=incident.identified_at,
        notified_at=incident.notified_at,
        cleared_at=incident.cleared_at,
        waiting_for=tuple(incident.waiting_for),
    )
