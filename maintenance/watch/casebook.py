"""The incidents of this moment, in memory: what opens, what changes, what closes. No database, no clock, no mail."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from maintenance.models import Cause, EventKind, IncidentState
from maintenance.watch.gate import waits_for
from maintenance.watch.judgement import Trouble
from maintenance.watch.observation import Facts
from regions.ids import new_id

# What may be only the echo of a trouble: while one of the left is open, the right ones are no incidents of their own.
ECHOES = {
    Cause.DATABASE: frozenset(Cause),
    Cause.WEB: frozenset({Cause.WEB, Cause.WORKERS, Cause.UNKNOWN}),
    Cause.REDIS: frozenset({Cause.REDIS, Cause.WORKERS, Cause.UNKNOWN}),
    Cause.WORKERS: frozenset({Cause.WORKERS, Cause.UNKNOWN}),
    Cause.NOTARY: frozenset({Cause.NOTARY, Cause.NOTARY_NETWORK, Cause.UNKNOWN}),
    Cause.NOTARY_NETWORK: frozenset({Cause.NOTARY, Cause.NOTARY_NETWORK, Cause.UNKNOWN}),
    # Whatever is found out later explains what was not explained.
    Cause.UNKNOWN: frozenset(Cause),
}
# A trouble must have been seen for so long before it is an incident: the time in which its cause shows.
CONFIRMED = {Cause.NOTARY: timedelta(seconds=1.5), Cause.NOTARY_NETWORK: timedelta(seconds=1.5)}
AT_ONCE = timedelta()
# So long after its end messages of an incident may still go out.
KEPT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an incident's timeline."""

    id: UUID
    at: datetime
    kind: EventKind
    facts: dict[str, Any]


@dataclass(slots=True)
class Case:
    """An incident as the watchman holds it; `revision` grows with every change, so that it is known what is written."""

    id: UUID
    cause: Cause
    regions: frozenset[UUID]
    opened_at: datetime
    evidence: str = ""
    cluster_id: UUID | None = None
    state: IncidentState = IncidentState.IDENTIFIED
    # When the cause that it names now was named.
    identified_at: datetime | None = None
    notified_at: datetime | None = None
    cleared_at: datetime | None = None
    closed_at: datetime | None = None
    waiting_for: tuple[str, ...] = ()
    events: list[Event] = field(default_factory=list)
    revision: int = 1

    def note(self, kind: EventKind, at: datetime, **facts: Any) -> None:
        self.events.append(Event(new_id(), at, kind, facts))
        self.revision += 1

    def explains(self, trouble: Trouble) -> bool:
        """Whether the trouble is this one, or may be an echo of it."""
        if trouble.cause not in ECHOES[self.cause]:
            return False
        same_notary = self.cluster_id is None or trouble.cluster_id in (None, self.cluster_id)
        return same_notary and bool(self.regions & trouble.regions)


class Casebook:
    """All incidents that are not closed. `follow` is told what is wrong now, again and again."""

    def __init__(self, cases: Sequence[Case] = ()) -> None:
        self.cases = list(cases)
        self._first_seen: dict[tuple[Cause, UUID | None], datetime] = {}

    def follow(self, troubles: Sequence[Trouble], facts: Facts, *, now: datetime) -> None:
        """Bring the cases to what is wrong at `now`."""
        troubled: set[UUID] = set()
        for trouble in troubles:
            case = self._case_of(trouble) or self._open_confirmed(trouble, now)
            if case is not None:
                troubled.add(case.id)
                _learn(case, trouble, now)
        seen = {(trouble.cause, trouble.cluster_id) for trouble in troubles}
        self._first_seen = {key: at for key, at in self._first_seen.items() if key in seen}
        for case in self.cases:
            if case.id not in troubled and case.closed_at is None:
                _recover(case, facts, now)

    def open_cases(self) -> Iterator[Case]:
        return (case for case in self.cases if case.closed_at is None)

    def forget_closed(self, written: Mapping[UUID, int], *, now: datetime) -> None:
        """Let go of what has been over for a while and is written down."""
        self.cases = [
            case
            for case in self.cases
            if case.closed_at is None or now - case.closed_at < KEPT or written.get(case.id) != case.revision
        ]

    def _case_of(self, trouble: Trouble) -> Case | None:
        # The one of the same cause before one that it may be an echo of.
        fitting = [case for case in self.open_cases() if case.explains(trouble)]
        return min(fitting, key=lambda case: case.cause != trouble.cause, default=None)

    def _open_confirmed(self, trouble: Trouble, now: datetime) -> Case | None:
        first = self._first_seen.setdefault((trouble.cause, trouble.cluster_id), now)
        if now - first < CONFIRMED.get(trouble.cause, AT_ONCE):
            return None
        case = Case(
            id=new_id(),
            cause=trouble.cause,
            regions=trouble.regions,
            opened_at=now,
            evidence=trouble.evidence,
            cluster_id=trouble.cluster_id,
            state=_state_with(trouble.cause),
            identified_at=None if trouble.cause is Cause.UNKNOWN else now,
        )
        case.note(EventKind.DETECTED, now, cause=case.cause, evidence=case.evidence, regions=len(case.regions))
        self.cases.append(case)
        return case


def _learn(case: Case, trouble: Trouble, now: datetime) -> None:
    """What the trouble adds to what was known."""
    if case.cleared_at is not None:
        case.cleared_at, case.state, case.waiting_for = None, _state_with(case.cause), ()
        case.note(EventKind.RELAPSED, now, evidence=trouble.evidence)
    if _is_better_known(case, trouble):
        case.cause, case.cluster_id, case.evidence = trouble.cause, trouble.cluster_id, trouble.evidence
        case.state, case.identified_at = IncidentState.IDENTIFIED, now
        case.note(EventKind.IDENTIFIED, now, cause=case.cause, evidence=trouble.evidence)
    if trouble.cause is case.cause and trouble.regions - case.regions:
        case.regions |= trouble.regions
        case.note(EventKind.WIDENED, now, regions=len(case.regions))


def _is_better_known(case: Case, trouble: Trouble) -> bool:
    """Whether the trouble names a cause where none was known, or a certain one where another was likely."""
    if case.cause is Cause.UNKNOWN:
        return trouble.cause is not Cause.UNKNOWN
    return trouble.is_certain and case.cause is Cause.NOTARY_NETWORK and trouble.cause is Cause.NOTARY


def _recover(case: Case, facts: Facts, now: datetime) -> None:
    """Nothing of it is seen any more: watch it, and close it when the gate waits for nothing."""
    if case.cleared_at is None:
        case.cleared_at, case.state = now, IncidentState.MONITORING
        case.note(EventKind.CLEARED, now)
    waiting = waits_for(facts, case.regions, since=case.cleared_at)
    if waiting != case.waiting_for:
        case.waiting_for = waiting
        case.revision += 1
    if not waiting:
        case.closed_at, case.state = now, IncidentState.RESOLVED
        case.note(EventKind.CLOSED, now, seconds=round((now - case.opened_at).total_seconds(), 1))


def _state_with(cause: Cause) -> IncidentState:
    return IncidentState.INVESTIGATING if cause is Cause.UNKNOWN else IncidentState.IDENTIFIED


def snapshot(case: Case) -> Case:
    """A copy that another thread may read while this one changes."""
    return replace(case, events=list(case.events))
