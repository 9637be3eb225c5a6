"""The watchman's round: look, judge, keep the casebook, tell people, write down."""

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import redis
import structlog
from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from maintenance.models import EventKind
from maintenance.watch import record
from maintenance.watch.casebook import Case, Casebook, snapshot
from maintenance.watch.doorbell import ring
from maintenance.watch.judgement import judge
from maintenance.watch.notices import Notices, Told
from maintenance.watch.observation import ClusterSeen, Facts, Observation, Reach
from maintenance.watch.reach import over, reach
from maintenance.watch.repeated import Repeated
from maintenance.watch.rows import Directory, pulse, read_directory, read_facts
from payments.models import Heartbeat

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")

HEARTBEAT = "watchman"
# Seconds between two rounds.
ROUND = 0.25
# How long what was seen of a notary counts.
REMEMBERED = 6.0
FAILURES_REMEMBERED = timedelta(seconds=15)
# So long after the last one they count no more.
FAILURES_OVER = timedelta(seconds=5)
# A single query may take its time.
ROWS_FAILING = 3.0
# A platform that has just been started has processes that are not up yet.
STARTING = 15.0


class Watchman:
    """One of them for a platform. `run` returns after `stop`."""

    def __init__(self) -> None:
        self.casebook = Casebook()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._notices = Notices(self._on_told, self._on_failure)
        self._pulse = Repeated("database", _in_database(pulse), every=0.2, again=0.1)
        self._facts = Repeated("rows", _in_database(read_facts), every=0.5)
        self._directory = Repeated("directory", _in_database(read_directory), every=10.0, hangs=30.0)
        self._redis = Repeated("redis", ping_redis, every=0.5)
        self._web = Repeated("web", ring, every=settings.PROBE_INTERVAL, hangs=4.0)
        self._recorder = Repeated("recorder", _in_database(self._write), every=0.5, hangs=30.0)
        self._reaching: dict[UUID, Repeated[Reach]] = {}
        self._failed: dict[UUID, deque[datetime]] = {}
        self._written: dict[UUID, int] = {}
        self._has_read_open = False
        self._server_started_at: datetime | None = None
        self._restarted_at: datetime | None = None
        self._started_at = timezone.now()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        for question in (self._pulse, self._facts, self._directory, self._redis, self._web, self._recorder):
            question.start()
        while not self._stopping.wait(ROUND):
            self.look_once()
        self._notices.stop()

    def look_once(self) -> None:
        """One round. Before the first facts there is nothing to judge."""
        facts = self._facts.latest()
        if facts is None:
            return
        self._tend_reaching(facts)
        seen = self._observe(facts)
        with self._lock:
            self.casebook.follow(judge(seen), seen.facts, now=seen.at)
            cases = [snapshot(case) for case in self.casebook.cases]
            self.casebook.forget_closed(self._written, now=seen.at)
        directory = self._directory.latest() or Directory()
        for case in cases:
            self._notices.tell(case, directory)

    def _observe(self, facts: Facts) -> Observation:
        now = timezone.now()
        self._feel_pulse(now)
        return Observation(
            at=now,
            facts=self._believed(facts, now),
            database_failing=max(self._pulse.failing(), self._rows_failing()),
            database_restarted_at=self._restarted_at,
            redis_failing=self._redis.failing(),
            web_failing=self._web.failing(),
            reach={cluster_id: over(found.since(REMEMBERED)) for cluster_id, found in self._reaching.items()},
            failures={cluster.id: self._count_failures(cluster, now) for cluster in facts.clusters},
        )

    def _feel_pulse(self, now: datetime) -> None:
        """A server that was started again has broken off whatever was under way, however short it was away."""
        started_at = self._pulse.latest()
        if started_at != self._server_started_at:
            self._restarted_at = now if self._server_started_at else None
            self._server_started_at = started_at

    def _rows_failing(self) -> float:
        """Rows that cannot be read for a while, although the server answers."""
        failing = self._facts.failing()
        return failing if failing >= ROWS_FAILING else 0.0

    def _believed(self, facts: Facts, now: datetime) -> Facts:
        """A process can have been silent only since it could have been heard."""
        running = (now - self._started_at).total_seconds() - STARTING
        nudged = min(self._web.well_for(), self._redis.well_for(), running)
        heard = min(self._facts.well_for(), running)
        return Facts(
            at=facts.at,
            regions=facts.regions,
            clusters=facts.clusters,
            worker_silent=max(0.0, min(facts.worker_silent, nudged)),
            resolver_silent=max(0.0, min(facts.resolver_silent, heard)),
        )

    def _tend_reaching(self, facts: Facts) -> None:
        for cluster in facts.clusters:
            if cluster.id not in self._reaching:
                self._reaching[cluster.id] = Repeated(f"notary {cluster.slug}", _reach(cluster.url), every=1.0)
                self._reaching[cluster.id].start()

    def _count_failures(self, cluster: ClusterSeen, now: datetime) -> int:
        failed = self._failed.setdefault(cluster.id, deque(maxlen=16))
        if cluster.failed_at and (not failed or failed[-1] != cluster.failed_at):
            failed.append(cluster.failed_at)
        if not failed or failed[-1] < now - FAILURES_OVER:
            return 0
        return sum(at >= now - FAILURES_REMEMBERED for at in failed)

    def _write(self) -> None:
        """Write what is new to the database; it is tried again with the next round if that is away."""
        Heartbeat.beat(HEARTBEAT, at=timezone.now())
        if not self._has_read_open:
            self._adopt(record.read_open())
            self._has_read_open = True
        with self._lock:
            changed = [snapshot(case) for case in self.casebook.cases if self._written.get(case.id) != case.revision]
        for case in changed:
            record.write(case)
            self._written[case.id] = case.revision

    def _adopt(self, cases: list[Case]) -> None:
        """Go on with what another watchman, or this one before it died, has begun."""
        with self._lock:
            self.casebook.cases.extend(cases)
            self._written.update({case.id: case.revision for case in cases})
        for case in cases:
            if case.notified_at:
                self._notices.skip_opening(case)

    def _on_told(self, told: Told) -> None:
        with self._lock:
            if case := self._case(told.case_id):
                now = timezone.now()
                case.notified_at = case.notified_at or now
                case.note(EventKind.TOLD, now, region=self._name(told.region_id), channel=told.channel)

    def _on_failure(self, told: Told, problem: str) -> None:
        with self._lock:
            if case := self._case(told.case_id):
                name = self._name(told.region_id)
                case.note(EventKind.NOT_TOLD, timezone.now(), region=name, channel=told.channel, problem=problem)

    def _case(self, case_id: UUID) -> Case | None:
        return next((case for case in self.casebook.cases if case.id == case_id), None)

    def _name(self, region_id: UUID | None) -> str:
        offices = (self._directory.latest() or Directory()).offices
        return next((office.name for office in offices if office.region_id == region_id), "")


def ping_redis() -> None:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
    try:
        client.ping()
    finally:
        client.close()


def _reach(url: str) -> Callable[[], Reach]:
    return lambda: reach(url)


def _in_database(ask: Callable[[], T]) -> Callable[[], T]:
    """The question, with a new connection after each failure: what is broken stays broken."""

    def asked() -> T:
        try:
            return ask()
        except Error:
            connection.close()
            raise

    return asked
