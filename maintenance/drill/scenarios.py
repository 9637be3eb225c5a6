"""The table of drills: what breaks, whom it affects, and what must be noticed."""

from collections.abc import Callable
from dataclasses import dataclass

from maintenance.drill import faults
from maintenance.drill.detection import Expected
from maintenance.drill.stack import REGIONS, STRUCK, DrillStack

Harm = Callable[[DrillStack, float], None]
Preparation = Callable[[DrillStack], None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One rehearsed incident.

    `hit` are the regions that it affects; the others must notice nothing. `may_stop` says whether payments
    of a region with the policy `stop` may be refused meanwhile. `prepare` comes before the calm, `reconciles` ends it
    with `manage.py reconcile`.
    """

    name: str
    about: str
    harm: Harm
    hit: tuple[str, ...]
    causes: tuple[str, ...]
    policies: tuple[str, ...] = ("stop",)
    fault_seconds: float = 20.0
    may_stop: bool = True
    replays_2023: bool = False
    reconciles: bool = False
    prepare: Preparation | None = None

    @property
    def expected(self) -> Expected:
        return Expected(frozenset(self.hit), self.causes)


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            "kashima-2023",
            "the notary of one region is cut off, as on 25 January 2023",
            faults.afternoon_of_2023,
            hit=(STRUCK,),
            causes=("notary_network",),
            policies=("stop", "accept"),
            fault_seconds=60.0,
            replays_2023=True,
        ),
        Scenario(
            "redis-lost",
            "Redis freezes, then dies and dies again",
            faults.redis_lost,
            hit=REGIONS,
            causes=("redis",),
            may_stop=False,
        ),
        Scenario(
            "worker-killed",
            "the workers die as often as they are started",
            faults.worker_killed,
            hit=REGIONS,
            causes=("workers",),
            may_stop=False,
        ),
        Scenario(
            "database-restart",
            "PostgreSQL is ended at once, twice",
            faults.database_restart,
            hit=REGIONS,
            causes=("database",),
        ),
        Scenario(
            "notary-restored-old",
            "the notary of one region comes back from an older backup",
            faults.notary_restored_old,
            hit=(STRUCK,),
            causes=("notary",),
            reconciles=True,
            prepare=faults.back_notary_up,
        ),
        Scenario(
            "grey-network",
            "the way to one region's notary is slow, breaks now and then, and drips",
            faults.grey_network,
            hit=(STRUCK,),
            causes=("notary_network",),
        ),
    )
}
