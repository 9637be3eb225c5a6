"""Observations to judge: two notaries, three regions, and everything well but for what a test says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from maintenance.watch.observation import ClusterSeen, Facts, Observation, RegionSeen

NOW = datetime(2023, 1, 25, 13, 5, tzinfo=UTC)
MAIN, OWN = UUID(int=1), UUID(int=2)
KASHIMA, SHIOSAI, HAMANASU = UUID(int=11), UUID(int=12), UUID(int=13)
EVERYWHERE = frozenset({KASHIMA, SHIOSAI, HAMANASU})


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def facts(when: float = 0.0, *, kashima: dict[str, Any] | None = None, **changes: Any) -> Facts:
    """All is well `when` seconds after the beginning; `kashima` has a notary of its own, and these figures."""
    well = {"probed_at": at(when - 1)}
    return Facts(
        at=at(when),
        regions=(
            RegionSeen(KASHIMA, "kashima", OWN, **{**well, **(kashima or {})}),
            RegionSeen(SHIOSAI, "shiosai", MAIN, **well),
            RegionSeen(HAMANASU, "hamanasu", MAIN, **well),
        ),
        clusters=(
            ClusterSeen(MAIN, "main", "http://main", log_read_at=at(when)),
            ClusterSeen(OWN, "own", "http://own", log_read_at=at(when)),
        ),
        **changes,
    )


def with_own_notary(found: Facts, **changes: Any) -> Facts:
    """The same, with these changes of kashima's notary."""
    main, own = found.clusters
    return replace(found, clusters=(main, replace(own, **changes)))


def seen(found: Facts | None = None, **changes: Any) -> Observation:
    found = found or facts()
    return Observation(at=found.at, facts=found, **changes)
