"""Whether the notary can be relied on now: one state per cluster, in PostgreSQL, the same for every process.

It opens on calls that fail and on calls that are slow, and while it is open nobody calls but one prober at
a time. The probe is a lease: a prober that dies blocks nobody. Only an answered probe closes it.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from notary.client.errors import NotaryRejected, NotaryUnavailable
from payments.models import NotaryHealth
from regions.prepared import fetch

# The cause of a breaker that was opened for a restored notary.
RESTORED = "restored"

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a process last read of a cluster's health, and when by its monotonic clock."""

    is_open: bool
    has_failures: bool
    at: float


_seen: dict[UUID, Seen] = {}
_lock = threading.Lock()


def is_open(cluster_id: UUID) -> bool:
    """Whether payments cannot be verified now; a process reads it anew a few times a second."""
    return _look(cluster_id).is_open


@contextmanager
def observed(cluster_id: UUID) -> Iterator[None]:
    """Around a call of the notary: what became of it counts. Its errors pass on."""
    began = time.monotonic()
    try:
        yield
    except (NotaryUnavailable, NotaryRejected) as problem:
        record_failure(cluster_id, cause=cause_of(problem))
        raise
    record_answer(cluster_id, seconds=time.monotonic() - began)


def cause_of(problem: NotaryUnavailable | NotaryRejected) -> str:
    """The short word for why there was no answer."""
    return problem.cause if isinstance(problem, NotaryUnavailable) else "rejected"


def record_answer(cluster_id: UUID, *, seconds: float, now: datetime | None = None) -> None:
    """The notary answered. A quick answer heals; a slow one counts as a failure."""
    if seconds > settings.NOTARY_SLOW:
        record_failure(cluster_id, cause="slow", now=now)
        return
    seen = _look(cluster_id)
    if not (seen.is_open or seen.has_failures):
        return
    NotaryHealth.objects.filter(Q(is_open=True) | Q(failures__gt=0), cluster_id=cluster_id).update(
        is_open=False,
        failures=0,
        cause="",
        changed_at=Case(When(is_open=True, then=now or timezone.now()), default=F("changed_at")),
    )
    forget()
    log.warning("notary answers again", cluster=str(cluster_id))


def record_failure(cluster_id: UUID, *, cause: str, now: datetime | None = None) -> None:
    """A call failed or was too slow; enough of them in a row, and the breaker opens for everybody."""
    at = now or timezone.now()
    NotaryHealth.objects.get_or_create(cluster_id=cluster_id, defaults={"changed_at": at})
    opens = Q(is_open=False, failures__gte=settings.BREAKER_FAILURES - 1)
    NotaryHealth.objects.filter(cluster_id=cluster_id).update(
        failures=F("failures") + 1,
        failed_at=at,
        cause=cause,
        is_open=Case(When(opens, then=Value(True)), default=F("is_open")),
        changed_at=Case(When(opens, then=at), default=F("changed_at")),
        probe_after=Case(When(opens, then=at + timedelta(seconds=settings.PROBE_PAUSE)), default=F("probe_after")),
    )
    forget()


def distrust_restored(cluster_id: UUID, *, now: datetime | None = None) -> None:
    """Open the breaker of a notary that goes on from an older copy: no probe can see that, so probes wait."""
    at = now or timezone.now()
    NotaryHealth.objects.update_or_create(
        cluster_id=cluster_id,
        defaults={
            "is_open": True,
            "cause": RESTORED,
            "changed_at": at,
            "probe_after": at + timedelta(seconds=settings.DISTRUST_LEASE),
            "restored_at": at,
        },
    )
    forget()


def take_probe(cluster_id: UUID, *, now: datetime | None = None) -> bool:
    """Become the one prober of an open breaker, for the length of a lease."""
    at = now or timezone.now()
    taken = NotaryHealth.objects.filter(cluster_id=cluster_id, is_open=True, probe_after__lte=at).update(
        probe_after=at + timedelta(seconds=settings.PROBE_LEASE)
    )
    return bool(taken)


def postpone_probe(cluster_id: UUID, *, now: datetime | None = None) -> None:
    """The probe failed; the next one may come after a pause instead of after the lease."""
    again = (now or timezone.now()) + timedelta(seconds=settings.PROBE_PAUSE)
    NotaryHealth.objects.filter(cluster_id=cluster_id, is_open=True).update(probe_after=again)


def forget() -> None:
    """Read the state anew at the next look."""
    with _lock:
        _seen.clear()


def _look(cluster_id: UUID) -> Seen:
    seen = _seen.get(cluster_id)
    if seen and time.monotonic() - seen.at < settings.BREAKER_LOOK:
        return seen
    rows = fetch("SELECT is_open, failures > 0 FROM payments_notaryhealth WHERE cluster_id = %s", [cluster_id])
    is_open, has_failures = rows[0] if rows else (False, False)
    seen = Seen(is_open, has_failures, time.monotonic())
    with _lock:
        _seen[cluster_id] = seen
    return seen
