"""The recovery gate: an incident is over when it is proved to be, not when somebody says so."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from maintenance.watch.observation import Facts, RegionSeen

# The probes must have passed for so long.
STEADY = timedelta(seconds=4)


class Wait(StrEnum):
    """What an all-clear may still wait for."""

    ROWS = "rows"
    PROBES = "probes"
    IN_DOUBT = "in_doubt"
    LOG = "log"
    DIFFERENCES = "differences"


def waits_for(facts: Facts, regions: frozenset[UUID], *, since: datetime) -> tuple[str, ...]:
    """What is still missing before the regions, working again since then, are all clear; nothing if they are."""
    if facts.at < since:
        return (Wait.ROWS,)
    affected = [region for region in facts.regions if region.id in regions]
    clusters = {region.cluster_id for region in affected}
    read = [cluster.log_read_at for cluster in facts.clusters if cluster.id in clusters]
    waits = {
        Wait.PROBES: not all(region.probed_at and region.probed_at >= since + STEADY for region in affected),
        Wait.IN_DOUBT: any(_oldest(region) > (facts.at - since).total_seconds() for region in affected),
        # Every answer that was lost stands there.
        Wait.LOG: not all(read_at and read_at >= since for read_at in read),
        Wait.DIFFERENCES: any(region.differences for region in affected),
    }
    return tuple(wait for wait, is_on in waits.items() if is_on)


def _oldest(region: RegionSeen) -> float:
    """Age of the oldest payment or refund that is not final."""
    return max(region.oldest_pending, region.oldest_voiding, region.oldest_accepted, region.oldest_refund)
