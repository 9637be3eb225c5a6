"""Both sides in full: counts and sums by stretches of the notary's log, then down to the rows that differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from notary.client.port import Notary
from notary.client.values import BucketSums, Commit, LogEntry, OutcomeKind
from payments.models import DifferenceKind, Payment
from payments.reconciliation.books import compare_books
from payments.reconciliation.findings import Findings, Report
from payments.reconciliation.log import write_decided
from payments.reconciliation.renotarising import notarise_again, undo_at_notary
from payments.states import Status
from regions.models import NotaryCluster
from vouchers.notaries import notary_of

WIDTH = 1000
SUMMED_AT_ONCE = 50 * WIDTH
PAGE = 500

# What the office completed against the notary's refusal is not in its log, and need not be.
OURS = """
    SELECT (log_position - 1) / %s, count(*), sum(amount)
    FROM payments_payment AS payment
    JOIN regions_region AS region ON region.id = payment.region_id AND region.notary_id = %s
    WHERE status = 'completed'
      AND NOT EXISTS (SELECT FROM payments_disputedecision AS decision WHERE decision.payment_id = payment.id)
    GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit in the notary's log, with its yen."""

    entry: LogEntry
    yen: int


def compare(cluster: NotaryCluster, *, dry_run: bool = False) -> Report:
    """Hold every completed payment of the cluster's regions against the notary's log, both ways.

    What is missing on one side is written there, with the original time; what cannot be is parked with
    a reason. Raise NotaryUnavailable if the notary does not answer; what was repaired by then stays.
    """
    findings = Findings(cluster, dry_run)
    notary = notary_of(cluster)
    ours, theirs = _our_sums(cluster), _their_sums(notary)
    findings.report.compared = sum(count for count, _yen in ours.values())
    for bucket in sorted(ours.keys() | theirs.keys()):
        sums = theirs.get(bucket, BucketSums(bucket))
        if ours.get(bucket, (0, 0)) != (sums.committed, sums.committed_yen):
            _compare_bucket(bucket, notary, findings)
    compare_books(cluster, findings)
    return findings.report


def _our_sums(cluster: NotaryCluster) -> dict[int, tuple[int, int]]:
    with transaction.atomic(), connection.cursor() as cursor:
        # The whole table is read: longer than a request may take, and nobody waits for it.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(OURS, [WIDTH, cluster.pk])
        return {int(bucket): (int(count), int(yen)) for bucket, count, yen in cursor.fetchall()}


def _their_sums(notary: Notary) -> dict[int, BucketSums]:
    head = notary.checkpoint(budget=settings.NOTARY_BUDGET).position
    sums: dict[int, BucketSums] = {}
    for after in range(0, head, SUMMED_AT_ONCE):
        found = notary.sums(after, after + SUMMED_AT_ONCE, WIDTH, budget=settings.RECONCILE_BUDGET)
        sums |= {bucket.bucket: bucket for bucket in found}
    return sums


def _compare_bucket(bucket: int, notary: Notary, findings: Findings) -> None:
    first, last = bucket * WIDTH, (bucket + 1) * WIDTH
    theirs = _commits(notary, first, last)
    completed = Payment.objects.notarised().filter(region__notary=findings.cluster)
    ours = completed.filter(log_position__gt=first, log_position__lte=last).in_bulk()
    known = ours | Payment.objects.filter(region__notary=findings.cluster).in_bulk(list(theirs))
    for payment_id in theirs.keys() | ours.keys():
        _compare_one(payment_id, theirs.get(payment_id), known, findings)


def _commits(notary: Notary, after: int, until: int) -> dict[UUID, Committed]:
    found: dict[UUID, Committed] = {}
    while after < until:
        page = notary.log(after, PAGE, budget=settings.RECONCILE_BUDGET)
        for entry in page.entries:
            request, outcome = entry.request, entry.outcome
            if outcome.outcome is not OutcomeKind.COMMITTED or not isinstance(request, Commit):
                continue
            if (outcome.position or 0) <= until:
                found[request.id] = Committed(entry, sum(yen for _, yen in request.allocations))
        if page.next >= page.head:
            break
        after = page.next
    return found


def _compare_one(payment_id: UUID, theirs: Committed | None, known: Mapping[UUID, Payment], findings: Findings) -> None:
    payment = known.get(payment_id)
    if payment is None and theirs is not None:
        why = "the notary has spent this, and no payment here has this id"
        findings.parked(DifferenceKind.UNKNOWN_PAYMENT, payment_id, why=why, theirs=theirs.yen)
    elif payment is not None and theirs is None:
        notarise_again(payment, findings)
    elif payment is not None and theirs is not None:
        _compare_both(payment, theirs, findings)


def _compare_both(payment: Payment, theirs: Committed, findings: Findings) -> None:
    region_id = payment.region_id
    if payment.status in (Status.PENDING, Status.ACCEPTED):
        if findings.dry_run or write_decided(findings.cluster, [theirs.entry]):
            findings.repaired(DifferenceKind.NOT_WRITTEN, payment.pk, region_id=region_id)
    elif payment.status == Status.DECLINED or (payment.status == Status.VOIDED and not payment.is_undone):
        undo_at_notary(payment, findings)
    elif payment.status == Status.COMPLETED and payment.amount != theirs.yen:
        why = "the payment and the notary's decision say different amounts"
        findings.parked(
            DifferenceKind.AMOUNT, payment.pk, why=why, region_id=region_id, ours=payment.amount, theirs=theirs.yen
        )
    elif payment.is_completed_by_office:
        # A notary that lost its refusal has committed it since: now both sides say the same.
        return
    elif payment.status == Status.COMPLETED and payment.log_position != theirs.entry.outcome.position:
        outcome = theirs.entry.outcome
        if not findings.dry_run:
            Payment.objects.filter(pk=payment.pk).update(log_position=outcome.position, receipt=outcome.receipt)
        findings.repaired(DifferenceKind.NOT_WRITTEN, payment.pk, region_id=region_id)
