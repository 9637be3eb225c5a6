"""What is wrong, where, and by what cause: the rule over what was seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from maintenance.models import Cause
from maintenance.watch.observation import ClusterSeen, Observation, Reach, RegionSeen

# All in seconds. Together with the pauses between two looks they keep the promise of 10 s until an
# incident names its regions and its cause.
DATABASE_FAILING = 0.25
REDIS_FAILING = 2.0
WEB_FAILING = 3.0
WORKER_SILENT = 5.0
RESOLVER_SILENT = 6.0
PROBE_LATE = 3.5
PAYMENT_LATE = 3.5
# Nothing may be older than these, whatever the reason. What is given up is given back once the notary answers.
PENDING_STUCK = 6.0
VOIDING_STUCK = 20.0
NOT_NOTARISED = 60.0
REFUND_STUCK = 60.0
# A notary that was found to go on from an older copy is an incident also if it was made whole within a second.
RESTORED_WITHIN = 10.0
# The same of a database that was started again, for all that it may have broken off.
RESTARTED_WITHIN = 3.0
# So many failed calls within the watchman's memory are no chance.
FAILURES = 3

# What the notary itself says, or what only it can have done; all other failures are of the way to it.
NOTARYS_OWN = frozenset({"overloaded", "not_ready", "not_authentic", "rejected", "restored"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong now, and the regions whose payments it touches."""

    cause: Cause
    regions: frozenset[UUID]
    evidence: str
    cluster_id: UUID | None = None
    # Whether the cause was seen, and not only concluded from what was not.
    is_certain: bool = False


def judge(seen: Observation) -> list[Trouble]:
    """All troubles, root causes only: what follows from one is not named beside it."""
    everywhere = frozenset(region.id for region in seen.facts.regions)
    if seen.database_failing >= DATABASE_FAILING:
        # Of what the rows say nothing newer is known than what they said before.
        return [Trouble(Cause.DATABASE, everywhere, "no_answer")]
    if seen.database_restarted_at is not None and seen.database_restarted_at >= seen.ago(RESTARTED_WITHIN):
        return [Trouble(Cause.DATABASE, everywhere, "restarted")]
    troubles = [*_of_processes(seen, everywhere), *_of_notaries(seen)]
    explained = frozenset().union(*(trouble.regions for trouble in troubles))
    if strange := [region for region in seen.facts.regions if region.id not in explained and is_stuck(region)]:
        regions = frozenset(region.id for region in strange)
        troubles.append(
            Trouble(Cause.UNKNOWN, regions, " ".join(dict.fromkeys(" ".join(map(_stuck_how, strange)).split())))
        )
    return troubles


def is_stuck(region: RegionSeen) -> bool:
    """Whether something stands still there that must not, whatever the reason."""
    return bool(_stuck_how(region))


def _of_processes(seen: Observation, everywhere: frozenset[UUID]) -> Iterator[Trouble]:
    facts = seen.facts
    if seen.web_failing >= WEB_FAILING:
        yield Trouble(Cause.WEB, everywhere, "no_answer")
    if seen.redis_failing >= REDIS_FAILING:
        yield Trouble(Cause.REDIS, everywhere, "no_answer")
    # Without Redis or the web no nudge reaches a worker, so its silence says nothing.
    elif facts.worker_silent >= WORKER_SILENT and not seen.web_failing:
        yield Trouble(Cause.WORKERS, everywhere, "workers_silent")
    if facts.resolver_silent >= RESOLVER_SILENT:
        yield Trouble(Cause.WORKERS, everywhere, "resolver_silent")


def _of_notaries(seen: Observation) -> Iterator[Trouble]:
    for cluster in seen.facts.clusters:
        regions = [region for region in seen.facts.regions if region.cluster_id == cluster.id]
        if regions and _is_troubled(cluster, regions, seen):
            reach = seen.reach.get(cluster.id, Reach.ANSWERS)
            evidence = f"{cluster.cause or 'late'} plain_{reach}"
            affected = frozenset(region.id for region in regions)
            certain = _is_notarys_own(cluster, reach)
            yield Trouble(_cause_of(cluster, reach), affected, evidence, cluster.id, certain)


def _is_troubled(cluster: ClusterSeen, regions: list[RegionSeen], seen: Observation) -> bool:
    restored = cluster.restored_at is not None and cluster.restored_at >= seen.ago(RESTORED_WITHIN)
    late = any(region.probe_late >= PROBE_LATE or region.oldest_pending >= PAYMENT_LATE for region in regions)
    unwell = seen.failures.get(cluster.id, 0) > 0 or seen.reach.get(cluster.id, Reach.ANSWERS) is not Reach.ANSWERS
    return cluster.is_open or restored or seen.failures.get(cluster.id, 0) >= FAILURES or (late and unwell)


def _cause_of(cluster: ClusterSeen, reach: Reach) -> Cause:
    """Whether it is the notary or the way to it: nobody can know from here, but the signs differ."""
    if _is_notarys_own(cluster, reach):
        return Cause.NOTARY
    # It answers plain questions at once and is late or silent only when it has to decide.
    if reach is Reach.ANSWERS and cluster.cause in {"slow", "timeout", "bad_answer"}:
        return Cause.NOTARY
    return Cause.NOTARY_NETWORK


def _is_notarys_own(cluster: ClusterSeen, reach: Reach) -> bool:
    return reach in (Reach.REFUSED, Reach.CLOSED) or cluster.cause in NOTARYS_OWN


def _stuck_how(region: RegionSeen) -> str:
    ages = (
        ("pending_stuck", region.oldest_pending, PENDING_STUCK),
        ("voiding_stuck", region.oldest_voiding, VOIDING_STUCK),
        ("accepted_stuck", region.oldest_accepted, NOT_NOTARISED),
        ("refund_stuck", region.oldest_refund, REFUND_STUCK),
        ("probe_stuck", region.probe_late, PENDING_STUCK),
    )
    return " ".join(what for what, age, limit in ages if age >= limit)
