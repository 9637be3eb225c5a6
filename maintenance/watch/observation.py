"""What the watchman sees at one moment: plain values, so that what follows from them is a pure rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Reach(StrEnum):
    """How far a plain question to a notary's address came."""

    ANSWERS = "answers"
    SLOW = "slow"
    # The machine says that nobody listens there: the process is down.
    REFUSED = "refused"
    # Something took the connection and hung up at once: a front whose service is not there.
    CLOSED = "closed"
    # Connected or not: no answer came back.
    SILENT = "silent"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class RegionSeen:
    """How payments fare in one region. Ages in seconds, 0 where there is none; instants are aware."""

    id: UUID
    slug: str
    cluster_id: UUID
    oldest_pending: float = 0.0
    oldest_voiding: float = 0.0
    oldest_accepted: float = 0.0
    oldest_refund: float = 0.0
    probe_late: float = 0.0
    # When the newest probe that was answered had been asked.
    probed_at: datetime | None = None
    differences: int = 0


@dataclass(frozen=True, slots=True)
class ClusterSeen:
    """What the platform's own calls of a notary have come to."""

    id: UUID
    slug: str
    url: str
    is_open: bool = False
    cause: str = ""
    failed_at: datetime | None = None
    restored_at: datetime | None = None
    log_read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rows said at `at`."""

    at: datetime
    regions: tuple[RegionSeen, ...] = ()
    clusters: tuple[ClusterSeen, ...] = ()
    worker_silent: float = 0.0
    resolver_silent: float = 0.0


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything at `at`. The `…_failing` are seconds since that was last well; 0 while it is."""

    at: datetime
    facts: Facts
    database_failing: float = 0.0
    # When another server was found in the place of the one that had answered before.
    database_restarted_at: datetime | None = None
    redis_failing: float = 0.0
    web_failing: float = 0.0
    reach: Mapping[UUID, Reach] = field(default_factory=dict)
    # Calls of each notary that have failed in the last seconds.
    failures: Mapping[UUID, int] = field(default_factory=dict)

    def ago(self, seconds: float) -> datetime:
        return self.at - timedelta(seconds=seconds)
