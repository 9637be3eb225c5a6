"""The notary asked about payments in doubt: claim, ask, write.

Workers and the resolver call the same function. Between claim and write no transaction is open, and two
processes that hold answers for one payment cannot both write: its status decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notary.client.errors import NotaryRejected, NotaryUnavailable
from notary.client.values import Outcome
from payments import breaker, outcomes
from payments.claims import Claimed, claim, postpone
from payments.crash_points import crash_point
from payments.guarantee import guarantee
from payments.models import Payment
from payments.states import Status
from payments.verdicts import must_undo, question, undo, verdict
from regions.models import NotaryCluster
from vouchers.notaries import notary_of

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of one batch: how many payments were taken up, and how many of them are final now."""

    claimed: int = 0
    final: int = 0

    @property
    def is_full(self) -> bool:
        """Whether more may be due."""
        return self.claimed == settings.NOTARY_BATCH


def verify_due(cluster: NotaryCluster, *, now: datetime | None = None, head_start: timedelta = timedelta()) -> int:
    """Bring one batch of the cluster's due payments forward; return how many became final.

    While the notary is away nothing is settled: each payment gets a later time to be looked at, and
    those whose patience is over become `voiding`. An absent notary raises nothing.
    """
    if not Payment.objects.in_doubt().filter(region__notary=cluster).exists():
        return 0
    give_up(cluster, now=now or timezone.now())
    return verify_batch(cluster, now=now, head_start=head_start).final


def verify_batch(cluster: NotaryCluster, *, now: datetime | None = None, head_start: timedelta = timedelta()) -> Batch:
    """The same without giving up what has waited too long: what a worker does when it is woken."""
    # Whether the notary is back is asked by the resolver's probe, one at a time.
    if breaker.is_open(cluster.pk):
        return Batch()
    claimed = claim(cluster, now=now or timezone.now(), head_start=head_start)
    if not claimed:
        return Batch()
    answers = _ask_or_postpone(cluster, claimed, now)
    _report_undecided(answers)
    return Batch(len(claimed), outcomes.write(answers) if answers else 0)


def _ask_or_postpone(
    cluster: NotaryCluster, claimed: Sequence[Claimed], now: datetime | None
) -> list[tuple[Claimed, Outcome]]:
    try:
        with breaker.observed(cluster.pk):
            return ask(cluster, claimed)
    except (NotaryUnavailable, NotaryRejected) as problem:
        postpone(claimed, now=now or timezone.now())
        log.warning("notary did not answer", cluster=cluster.slug, problem=type(problem).__name__)
        return []


@transaction.atomic(durable=True)
def give_up(cluster: NotaryCluster, *, now: datetime) -> int:
    """End the wait of payments that were 確認中 for longer than the patience.

    Those that the region stands for are `accepted`; the others become `voiding`, for good. The notary
    may have committed them, or may yet: the void that follows finds out, and undoes it.
    """
    hopeless = Payment.objects.filter(region__notary=cluster, status=Status.PENDING, valid_until__lte=now)
    locked = list(hopeless.order_by("pk").select_for_update(of=("self",), skip_locked=True, no_key=True))
    ids = [payment.pk for payment in locked if not guarantee(payment)]
    return outcomes.move(ids, Status.VOIDING, next_attempt_at=now) if ids else 0


def ask(cluster: NotaryCluster, claimed: Sequence[Claimed]) -> list[tuple[Claimed, Outcome]]:
    """One answer for each payment; raise NotaryUnavailable if it is not certain that all are answered.

    Where a payment had been given up and turns out to be committed, the answer is that of its reversal.
    """
    notary = notary_of(cluster)
    crash_point("before the question")
    first = notary.decide([question(payment) for payment in claimed], budget=settings.NOTARY_BUDGET)
    crash_point("after the answer")
    answers = dict(zip(claimed, first, strict=True))
    to_undo = [payment for payment, outcome in answers.items() if must_undo(payment, outcome)]
    if to_undo:
        undone = notary.decide([undo(payment) for payment in to_undo], budget=settings.NOTARY_BUDGET)
        crash_point("after the undoing")
        answers.update(zip(to_undo, undone, strict=True))
    return list(answers.items())


def _report_undecided(answers: Sequence[tuple[Claimed, Outcome]]) -> None:
    for payment, outcome in answers:
        if verdict(payment, outcome) is None:
            log.error("notary decided nothing", payment=str(payment.id), outcome=outcome.outcome)
