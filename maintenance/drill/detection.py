"""When the platform knew which regions were affected, by what, and when it told their staff.

The truth is the table of incidents. Where a version has none, the regions are read off the status page,
and what it does not say (the cause, who was told) stays unknown.
"""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException

import psycopg

from maintenance.drill.app import Web

LOOK_EVERY = 0.25
INCIDENT_TABLE = "SELECT to_regclass('maintenance_incident') IS NOT NULL"
INCIDENTS = """
    SELECT extract(epoch FROM opened_at)::float8, cause, extract(epoch FROM notified_at)::float8,
        array(SELECT slug FROM maintenance_incident_regions AS affected
              JOIN regions_region AS region ON region.id = affected.region_id
              WHERE affected.incident_id = incident.id ORDER BY slug)
    FROM maintenance_incident AS incident WHERE opened_at >= %s ORDER BY opened_at
"""


@dataclass(frozen=True, slots=True)
class Noticed:
    """Seconds from the fault's beginning; None for what was not noticed or cannot be known."""

    regions: float | None = None
    cause: float | None = None
    staff_told: float | None = None
    # Regions that were called affected and were not.
    wrongly: frozenset[str] = frozenset()
    has_incidents: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """The regions that a fault affects, and the words for its cause that are right."""

    regions: frozenset[str]
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """Which regions' payments the status page called affected, and when (seconds since 1970)."""

    at: float
    affected: frozenset[str]


def noticed(database_url: str, *, since: float, expected: Expected, sights: Sequence[Sight]) -> Noticed:
    """What was noticed of a fault that began at `since` (seconds since 1970): from the incidents, if there are any."""
    with psycopg.connect(database_url) as connection:
        if connection.execute(INCIDENT_TABLE).fetchone() != (True,):
            return _from_sights(sights, since, expected)
        rows = connection.execute(INCIDENTS, [datetime.fromtimestamp(since).astimezone()]).fetchall()
    return _from_incidents([Incident(*row) for row in rows], since, expected)


@dataclass(frozen=True, slots=True)
class Incident:
    opened_at: float
    cause: str
    notified_at: float | None
    regions: list[str]


def _from_incidents(incidents: Sequence[Incident], since: float, expected: Expected) -> Noticed:
    exact = [found for found in incidents if frozenset(found.regions) == expected.regions]
    right = [found for found in exact if found.cause in expected.causes]
    named = frozenset(region for found in incidents for region in found.regions)
    return Noticed(
        regions=min((found.opened_at - since for found in exact), default=None),
        cause=min((found.opened_at - since for found in right), default=None),
        staff_told=min((found.notified_at - since for found in exact if found.notified_at), default=None),
        wrongly=named - expected.regions,
        has_incidents=True,
    )


def _from_sights(sights: Sequence[Sight], since: float, expected: Expected) -> Noticed:
    exact = [sight.at - since for sight in sights if sight.at >= since and sight.affected == expected.regions]
    named = frozenset(region for sight in sights if sight.at >= since for region in sight.affected)
    return Noticed(regions=min(exact, default=None), wrongly=named - expected.regions)


@contextmanager
def watching_status_page(web: str) -> Iterator[list[Sight]]:
    """Look at the status page four times a second until the block ends; the list grows meanwhile."""
    sights: list[Sight] = []
    stop = threading.Event()

    def look() -> None:
        page = Web(web)
        while not stop.wait(LOOK_EVERY):
            with contextlib.suppress(OSError, HTTPException, ValueError):
                sights.append(Sight(time.time(), affected_now(page)))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield sights
    finally:
        stop.set()
        watcher.join()


def affected_now(page: Web) -> frozenset[str]:
    """The regions whose payments the status page does not call operational."""
    components = page.ask("GET", "/status.json", {}).json()["components"]
    return frozenset(
        component["region"]
        for component in components
        if component["function"] == "payments" and component["status"] != "operational"
    )
