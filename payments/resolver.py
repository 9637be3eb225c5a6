"""The sweep for money in doubt: what every nudge missed, without Redis and without beat.

One thread for each notary, so that one which hangs does not hold up the others.
"""

import itertools
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error, close_old_connections
from django.utils import timezone

from notary.client.errors import NotaryRejected, NotaryUnavailable
from notary.client.values import Void
from payments import breaker
from payments.crash_points import crash_point
from payments.models import Heartbeat
from payments.probe_verification import probe_id, verify_probes
from payments.reconciliation.run import compare_due, follow
from payments.refund_verification import verify_refunds
from payments.tasks import WORKER
from payments.verification import verify_due
from regions.models import NotaryCluster
from vouchers.notaries import notary_of
from vouchers.registration import close_due, register_due
from vouchers.spending import expire_due

log = structlog.stdlib.get_logger(__name__)

HEARTBEAT = "resolver"
DATABASE_PAUSE = 1.0
# While workers live, a payment is theirs for so long after it was made.
HEAD_START = timedelta(seconds=0.2)
WORKER_LIVES = timedelta(seconds=4)
Step = Callable[[NotaryCluster], int]


def verify_missed(cluster: NotaryCluster) -> int:
    """What no worker has taken up; everything, if no worker lives."""
    lives = Heartbeat.objects.filter(name=WORKER, beat_at__gte=timezone.now() - WORKER_LIVES).exists()
    return verify_due(cluster, head_start=HEAD_START if lives else timedelta())


# What people wait for, in every round; the rest about once a second, so that an idle resolver costs little.
URGENT: tuple[Step, ...] = (verify_missed, verify_refunds, verify_probes)
PATIENT: tuple[Step, ...] = (follow, register_due, close_due, compare_due)
PATIENT_EVERY = 4


class Resolver:
    """Sweeps until told to stop. Stateless: any number may run beside each other and the workers."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._threads: dict[UUID, threading.Thread] = {}

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Sweep every notary's payments in a thread each, and beat, until `stop`."""
        while not self._stopping.is_set():
            self._guarded(self._tend)
            self._stopping.wait(1.0)
        for thread in self._threads.values():
            thread.join(timeout=settings.NOTARY_BUDGET * 2)

    def _tend(self) -> None:
        Heartbeat.beat(HEARTBEAT, at=timezone.now())
        expire_due()
        for cluster in NotaryCluster.objects.all():
            if cluster.pk not in self._threads or not self._threads[cluster.pk].is_alive():
                self._threads[cluster.pk] = self._start(cluster.pk)

    def _start(self, cluster_id: UUID) -> threading.Thread:
        thread = threading.Thread(target=self._sweep, args=(cluster_id,), name=f"sweep-{cluster_id}", daemon=True)
        thread.start()
        return thread

    def _sweep(self, cluster_id: UUID) -> None:
        for number in itertools.count():
            settled = self._guarded(partial(sweep, cluster_id, patient=number % PATIENT_EVERY == 0))
            if self._stopping.is_set():
                return
            if not settled:
                self._stopping.wait(settings.RESOLVER_INTERVAL)

    def _guarded(self, step: Callable[[], int | None]) -> int:
        """A database that is away ends a step, never the resolver."""
        try:
            close_old_connections()
            return step() or 0
        except Error as problem:
            log.warning("database is away", problem=type(problem).__name__)
            self._stopping.wait(DATABASE_PAUSE)
            return 0


def sweep(cluster_id: UUID, *, patient: bool = True) -> int:
    """One round of what is due at one notary, or of what is urgent only; return how much became final."""
    cluster = NotaryCluster.objects.get(pk=cluster_id)
    probe(cluster)
    # While the notary is not relied on nothing is sent; what has waited too long is still given up.
    patient = patient and not breaker.is_open(cluster.pk)
    return sum(step(cluster) for step in (*URGENT, *PATIENT) if patient or step in URGENT)


def probe(cluster: NotaryCluster) -> None:
    """Ask a notary that is not relied on whether it is back; one prober at a time, of all processes."""
    if not breaker.is_open(cluster.pk) or not breaker.take_probe(cluster.pk):
        return
    crash_point("with the probe's lease")
    question = Void(id=probe_id(cluster.pk, timezone.now()))
    try:
        with breaker.observed(cluster.pk):
            notary_of(cluster).decide([question], budget=settings.NOTARY_BUDGET)
    except (NotaryUnavailable, NotaryRejected):
        breaker.postpone_probe(cluster.pk)
