"""Refunds put before the notary as reversals, and its answers written: claim, ask, write."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from notary.client.errors import NotaryRejected, NotaryUnavailable
from notary.client.values import Outcome, OutcomeKind, Reverse
from payments import breaker
from payments.claims import retry_pause
from payments.messages import tell_of_refund
from payments.models import Allocation, Payment, Refund, StoreEntry, StoreEntryKind
from payments.outcomes import announce
from payments.states import RefundStatus
from regions.models import NotaryCluster
from vouchers import spending
from vouchers.grace import open_grace
from vouchers.notaries import notary_of
from vouchers.spending import Movement

log = structlog.stdlib.get_logger(__name__)


def verify_refunds(cluster: NotaryCluster, *, now: datetime | None = None) -> int:
    """Bring one batch of the cluster's due refunds forward; return how many became final."""
    if not Refund.objects.filter(region__notary=cluster, status=RefundStatus.PENDING).exists():
        return 0
    claimed = [] if breaker.is_open(cluster.pk) else _claim(cluster, now or timezone.now())
    if not claimed:
        return 0
    questions = [
        Reverse(id=refund.pk, transaction=refund.payment_id, allocations=_allocations(refund)) for refund in claimed
    ]
    try:
        with breaker.observed(cluster.pk):
            answers = notary_of(cluster).decide(questions, budget=settings.NOTARY_BUDGET)
    except (NotaryUnavailable, NotaryRejected) as problem:
        log.warning("notary did not answer", cluster=cluster.slug, problem=type(problem).__name__)
        _postpone(claimed)
        return 0
    return sum(_settle(refund, answer) for refund, answer in zip(claimed, answers, strict=True))


@transaction.atomic(durable=True)
def _claim(cluster: NotaryCluster, now: datetime) -> list[Refund]:
    due = Refund.objects.filter(
        region__notary=cluster, status=RefundStatus.PENDING, next_attempt_at__lte=now
    ).select_related("payment__wallet__resident__user", "payment__store")
    batch = list(
        due.order_by("next_attempt_at", "pk").select_for_update(of=("self",), skip_locked=True)[: settings.NOTARY_BATCH]
    )
    lease = now + timedelta(seconds=settings.VERIFICATION_LEASE)
    Refund.objects.filter(pk__in=[refund.pk for refund in batch]).update(
        next_attempt_at=lease, attempts=F("attempts") + 1
    )
    return batch


def _postpone(claimed: Sequence[Refund]) -> None:
    for refund in claimed:
        again = timezone.now() + timedelta(seconds=retry_pause(refund.attempts + 1))
        Refund.objects.filter(pk=refund.pk, status=RefundStatus.PENDING).update(next_attempt_at=again)


@transaction.atomic(durable=True)
def _settle(refund: Refund, answer: Outcome) -> int:
    if answer.outcome is OutcomeKind.REVERSED:
        return _complete(refund, answer)
    if answer.outcome is OutcomeKind.REFUSED:
        return _refuse(refund, answer)
    log.error("notary decided nothing", refund=str(refund.pk), outcome=answer.outcome)
    return 0


def _complete(refund: Refund, answer: Outcome) -> int:
    if answer.decided_at is None or not _finish(refund, RefundStatus.COMPLETED, answer):
        return 0
    allocations = _allocations(refund)
    open_grace([voucher for voucher, _ in allocations], at=timezone.now())
    spending.give_back(
        [Movement(refund.region_id, voucher, yen, refund.pk, answer.decided_at) for voucher, yen in allocations]
    )
    tell_of_refund(refund)
    StoreEntry.objects.create(
        region_id=refund.region_id,
        store_id=refund.payment.store_id,
        payment_id=refund.payment_id,
        kind=StoreEntryKind.REFUND,
        amount=-refund.amount,
        source=refund.pk,
        at=answer.decided_at,
    )
    return 1


def _refuse(refund: Refund, answer: Outcome) -> int:
    if not _finish(refund, RefundStatus.REFUSED, answer):
        return 0
    Payment.objects.filter(pk=refund.payment_id).update(refunded=F("refunded") - refund.amount)
    for voucher, yen in _allocations(refund):
        Allocation.objects.filter(payment_id=refund.payment_id, voucher_id=voucher).update(refunded=F("refunded") - yen)
    return 1


def _finish(refund: Refund, status: RefundStatus, answer: Outcome) -> int:
    announce([refund.payment_id])
    return Refund.objects.filter(pk=refund.pk, status=RefundStatus.PENDING).update(
        status=status,
        next_attempt_at=None,
        decided_at=answer.decided_at,
        log_position=answer.position,
        receipt=answer.receipt,
    )


def _allocations(refund: Refund) -> tuple[tuple[UUID, int], ...]:
    return tuple((UUID(voucher), yen) for voucher, yen in refund.allocations)
