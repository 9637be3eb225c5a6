"""When the platform knew which regions were affected, by what, and when it told their staff: from its incidents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from maintenance.drill.app import Web

INCIDENTS = """
    SELECT extract(epoch FROM opened_at)::float8, cause, extract(epoch FROM identified_at)::float8,
        extract(epoch FROM notified_at)::float8,
        array(SELECT slug FROM maintenance_incident_regions AS affected
              JOIN regions_region AS region ON region.id = affected.region_id
              WHERE affected.incident_id = incident.id ORDER BY slug)
    FROM maintenance_incident AS incident WHERE opened_at >= %s ORDER BY opened_at
"""
OPEN_INCIDENTS = "SELECT count(*) FROM maintenance_incident WHERE closed_at IS NULL"


@dataclass(frozen=True, slots=True)
class Noticed:
    """Seconds from the fault's beginning; None for what was not noticed or cannot be known."""

    regions: float | None = None
    cause: float | None = None
    staff_told: float | None = None
    # Regions that were called affected and were not.
    wrongly: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Expected:
    """The regions that a fault affects, and the words for its cause that are right."""

    regions: frozenset[str]
    causes: tuple[str, ...]


def noticed(database_url: str, *, since: float, expected: Expected) -> Noticed:
    """What was noticed of a fault that began at `since` (seconds since 1970)."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(INCIDENTS, [datetime.fromtimestamp(since).astimezone()]).fetchall()
    return from_incidents([Incident(*row) for row in rows], since, expected)


def count_open_incidents(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(OPEN_INCIDENTS).fetchone()
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class Incident:
    opened_at: float
    cause: str
    # When the cause that it names now was named.
    identified_at: float | None
    notified_at: float | None
    regions: list[str]


def from_incidents(incidents: Sequence[Incident], since: float, expected: Expected) -> Noticed:
    exact = [found for found in incidents if frozenset(found.regions) == expected.regions]
    right = [found.identified_at for found in exact if found.cause in expected.causes and found.identified_at]
    named = frozenset(region for found in incidents for region in found.regions)
    return Noticed(
        regions=min((found.opened_at - since for found in exact), default=None),
        cause=min((identified_at - since for identified_at in right), default=None),
        staff_told=min((found.notified_at - since for found in exact if found.notified_at), default=None),
        wrongly=named - expected.regions,
    )


def affected_now(page: Web) -> frozenset[str]:
    """The regions whose payments the status page does not call operational."""
    components = page.ask("GET", "/status.json", {}).json()["components"]
    return frozenset(
        component["region"]
        for component in components
        if component["function"] == "payments" and component["status"] != "operational"
    )
