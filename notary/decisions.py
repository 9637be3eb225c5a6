"""The notary's use-cases: decide a batch, look a decision up, read the log."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from notary.client.values import BucketSums, LogEntry, LogPage, Outcome, OutcomeKind, Request, SignedBatch
from notary.crash_points import crash_point
from notary.rules import Books, Decision, Verdict, carry_out, wanted_by
from notary.sealing import SealedBatch, Signer, empty_checkpoint, seal
from notary.store import Store


class Decisions:
    """The log of one notary, for all the platforms that it serves."""

    def __init__(self, store: Store, signer: Signer) -> None:
        self._store = store
        self._signer = signer

    def decide(self, platform: str, entries: Sequence[Request | Outcome]) -> list[Outcome]:
        """Carry out a batch in order, all of it in one turn, and answer each entry.

        An entry that could not be read comes as its own outcome and is passed through; it does not
        spoil its neighbours. Idempotent on each request's id. Nothing is kept if this raises.
        """
        requests = [entry for entry in entries if not isinstance(entry, Outcome)]
        if not requests:
            return [entry for entry in entries if isinstance(entry, Outcome)]
        with self._store.turn(platform, wanted_by(requests)) as turn:
            verdicts = [carry_out(turn.books, request) for request in requests]
            sealed = self._sealed(turn.books)
            if sealed:
                turn.record(sealed)
            crash_point("before the commit")
        crash_point("before the answer")
        told = iter(self._outcomes(requests, verdicts, sealed))
        return [entry if isinstance(entry, Outcome) else next(told) for entry in entries]

    def decision(self, platform: str, id: UUID) -> Outcome | None:
        """The decision on the id with its receipt, or None; other platforms' decisions do not exist here."""
        found = self._store.decision(platform, id)
        return self._recorded([found])[0] if found else None

    def log(self, platform: str, after: int, limit: int) -> LogPage:
        """The platform's decisions past `after`; a cursor moved to `next` never has to look before it again."""
        decisions, head = self._store.log(platform, after, limit)
        entries = tuple(map(LogEntry, (decision.request for decision in decisions), self._recorded(decisions)))
        is_full = len(decisions) == limit
        return LogPage(entries, decisions[-1].position if is_full else max(head, after), head)

    def sums(self, platform: str, after: int, until: int, width: int) -> list[BucketSums]:
        """What the platform committed and reversed, summed by bucket of log positions."""
        return self._store.sums(platform, after, until, width)

    def checkpoint(self) -> SignedBatch:
        """The signed head of the whole log."""
        last = self._store.last_batch()
        return last.signed if last else empty_checkpoint(self._signer)

    def chain(self, after: int, limit: int) -> list[SignedBatch]:
        """The log's chain past batch `after`: headers and signatures, no decisions."""
        return [batch.signed for batch in self._store.chain(after, limit)]

    def check(self) -> None:
        """Return if batches can be decided; raise DatabaseAway if not."""
        self._store.check()

    def _sealed(self, books: Books) -> SealedBatch | None:
        return seal(self._signer, books.head, books.added) if books.added else None

    def _outcomes(
        self, requests: Sequence[Request], verdicts: Sequence[Verdict], sealed: SealedBatch | None
    ) -> Iterable[Outcome]:
        batches = self._batches_of((verdict.decision for verdict in verdicts if verdict.decision), sealed)
        for request, verdict in zip(requests, verdicts, strict=True):
            yield _outcome(request.id, verdict, batches)

    def _recorded(self, decisions: Sequence[Decision]) -> list[Outcome]:
        batches = self._batches_of(decisions, None)
        return [
            _outcome(decision.request.id, Verdict(decision.outcome, decision.reason, decision), batches)
            for decision in decisions
        ]

    def _batches_of(self, decisions: Iterable[Decision], sealed: SealedBatch | None) -> dict[int, SealedBatch]:
        known = {sealed.head.number: sealed} if sealed else {}
        missing = {decision.batch for decision in decisions} - known.keys()
        return known | self._store.batches(missing) if missing else known


def unreadable(id: UUID | None, detail: str) -> Outcome:
    """The outcome of an entry that is no request."""
    return Outcome(id, OutcomeKind.INVALID, detail=detail)


def _outcome(id: UUID, verdict: Verdict, batches: dict[int, SealedBatch]) -> Outcome:
    decision = verdict.decision
    if decision is None:
        return Outcome(id, verdict.outcome, detail=verdict.detail)
    return Outcome(
        id=id,
        outcome=verdict.outcome,
        reason=verdict.reason,
        position=decision.position,
        decided_at=decision.decided_at,
        receipt=batches[decision.batch].receipt(decision),
    )
