"""The other way round: what stands here is told to the notary again, in its order.

Needed when the notary goes on from an older copy. Everything is idempotent there: what it still
knows gets the same answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from notary.client.values import Commit, Outcome, OutcomeKind, Register, Request, Reverse
from payments.claims import Claimed, load
from payments.models import DifferenceKind, LogCursor, Payment, Refund
from payments.reconciliation.findings import Findings
from payments.states import RefundStatus
from payments.verdicts import allocations, undo
from regions.models import NotaryCluster
from vouchers.models import Voucher
from vouchers.notaries import notary_of

T = TypeVar("T")


def notarise_all_again(cluster: NotaryCluster, findings: Findings) -> None:
    """Make a notary that lost its latest decisions whole again: vouchers, then payments, then refunds."""
    cursor = LogCursor.objects.get(cluster=cluster)
    head = notary_of(cluster).checkpoint(budget=settings.NOTARY_BUDGET).position
    vouchers = Voucher.objects.filter(region__notary=cluster, registered_at__isnull=False)
    for batch in _batches(vouchers.order_by("pk").values_list("pk", "face").iterator()):
        _decide(cluster, [Register(id=pk, face=face) for pk, face in batch])
    lost = Payment.objects.notarised().filter(region__notary=cluster)
    for batch in _batches(lost.order_by("log_position").values_list("pk", flat=True).iterator()):
        _commit_again(cluster, batch, findings)
    refunds = Refund.objects.filter(region__notary=cluster, status=RefundStatus.COMPLETED)
    for batch in _batches(refunds.order_by("decided_at").iterator()):
        _decide(cluster, [_reverse(refund) for refund in batch])
    Voucher.objects.filter(region__notary=cluster, closed_at__isnull=False).update(
        closed_at=None, close_after=timezone.now()
    )
    LogCursor.objects.filter(pk=cursor.pk).update(position=head, last_position=0, last_id=None)


def notarise_again(payment: Payment, findings: Findings) -> None:
    """Tell the notary of one completed payment that its log does not show where it should be."""
    if findings.dry_run:
        findings.repaired(DifferenceKind.NOT_AT_NOTARY, payment.pk, region_id=payment.region_id)
        return
    _commit_again(findings.cluster, [payment.pk], findings)


def undo_at_notary(payment: Payment, findings: Findings) -> None:
    """Reverse, at the notary, what it has spent of a payment that did not come about here."""
    (claimed,) = load([payment.pk])
    if not findings.dry_run:
        (outcome,) = _decide(findings.cluster, [undo(claimed)])
        if outcome.outcome is not OutcomeKind.REVERSED:
            why = f"the notary does not reverse it: {outcome.outcome}"
            findings.parked(DifferenceKind.NOT_REVERSED, payment.pk, why=why, region_id=payment.region_id)
            return
    findings.repaired(DifferenceKind.NOT_REVERSED, payment.pk, region_id=payment.region_id)


def _commit_again(cluster: NotaryCluster, payment_ids: Sequence[UUID], findings: Findings) -> None:
    payments = load(payment_ids)
    answers = _decide(cluster, [Commit(id=payment.id, allocations=allocations(payment)) for payment in payments])
    for payment, outcome in zip(payments, answers, strict=True):
        _keep(payment, outcome, findings)


def _keep(payment: Claimed, outcome: Outcome, findings: Findings) -> None:
    if outcome.outcome is not OutcomeKind.COMMITTED:
        why = f"the notary does not commit it: {outcome.outcome} {outcome.reason or outcome.detail}".strip()
        findings.parked(DifferenceKind.NOT_AT_NOTARY, payment.id, why=why, region_id=payment.region_id)
        return
    # The payment's own time stays; the place in the log and the receipt are the new ones.
    moved = (
        Payment.objects.filter(pk=payment.id)
        .exclude(log_position=outcome.position)
        .update(log_position=outcome.position, receipt=outcome.receipt)
    )
    if moved:
        findings.repaired(DifferenceKind.NOT_AT_NOTARY, payment.id, region_id=payment.region_id)


def _reverse(refund: Refund) -> Reverse:
    taken = tuple((UUID(voucher), yen) for voucher, yen in refund.allocations)
    return Reverse(id=refund.pk, transaction=refund.payment_id, allocations=taken)


def _decide(cluster: NotaryCluster, requests: Sequence[Request]) -> list[Outcome]:
    return notary_of(cluster).decide(requests, budget=settings.RECONCILE_BUDGET) if requests else []


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, settings.NOTARY_BATCH)):
        yield batch
