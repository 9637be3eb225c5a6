"""The platform's own books held against its payments: entries that are missing, wrong, or nobody's."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from payments.models import Allocation, DifferenceKind, Payment, StoreEntry, StoreEntryKind
from payments.reconciliation.findings import Findings
from payments.states import Status
from regions.ids import new_id
from regions.models import NotaryCluster
from vouchers.models import EntryKind, LedgerEntry

# Completed payments whose entries are missing or say another amount. NULL: there is no entry.
UNEQUAL = """
    SELECT payment.id, payment.region_id, payment.amount, drawn.yen, ledger.yen, store.yen
    FROM payments_payment AS payment
    JOIN regions_region AS region ON region.id = payment.region_id AND region.notary_id = %s
    LEFT JOIN (SELECT payment_id, sum(amount) AS yen FROM payments_allocation GROUP BY 1) AS drawn
      ON drawn.payment_id = payment.id
    LEFT JOIN (SELECT source, -sum(amount) AS yen FROM vouchers_ledgerentry WHERE kind = 'spend' GROUP BY 1) AS ledger
      ON ledger.source = payment.id
    LEFT JOIN (SELECT source, sum(amount) AS yen FROM payments_storeentry WHERE kind = 'payment' GROUP BY 1) AS store
      ON store.source = payment.id
    WHERE payment.status = 'completed'
      AND (drawn.yen, ledger.yen, store.yen) IS DISTINCT FROM
          (payment.amount::bigint, payment.amount::bigint, payment.amount::bigint)
"""
ORPHANS = """
    SELECT entry.source, entry.region_id, sum(abs(entry.amount))
    FROM (
      SELECT source, region_id, amount FROM vouchers_ledgerentry WHERE kind IN ('spend', 'refund')
      UNION ALL SELECT source, region_id, amount FROM payments_storeentry
    ) AS entry
    JOIN regions_region AS region ON region.id = entry.region_id AND region.notary_id = %s
    WHERE NOT EXISTS (SELECT FROM payments_payment WHERE id = entry.source AND status IN ('completed', 'voided'))
      AND NOT EXISTS (SELECT FROM payments_refund WHERE id = entry.source AND status = 'completed')
    GROUP BY 1, 2
"""


def compare_books(cluster: NotaryCluster, findings: Findings) -> None:
    """Write entries that are missing, with the payment's original time; park what does not add up."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Whole tables are read: longer than a request may take, and nobody waits for it.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(UNEQUAL, [cluster.pk])
        unequal = cursor.fetchall()
        cursor.execute(ORPHANS, [cluster.pk])
        orphans = cursor.fetchall()
    for payment_id, region_id, amount, drawn, ledger, store in unequal:
        if {drawn, ledger, store} - {None} <= {amount} and drawn is not None:
            _write_missing(payment_id, findings)
            findings.repaired(DifferenceKind.ENTRY_MISSING, payment_id, region_id=region_id)
        else:
            other = next((yen for yen in (drawn, ledger, store) if yen is not None and yen != amount), None)
            why = "the payment and its entries say different amounts"
            findings.parked(DifferenceKind.AMOUNT, payment_id, why=why, region_id=region_id, ours=amount, theirs=other)
    for source, region_id, yen in orphans:
        why = "an entry of the books belongs to no completed payment or refund"
        findings.parked(DifferenceKind.ORPHAN_ENTRY, source, why=why, region_id=region_id, ours=yen)


def _write_missing(payment_id: UUID, findings: Findings) -> None:
    """Insert what is not there; a unique source makes what is there stay as it is."""
    if findings.dry_run:
        return
    payment = Payment.objects.select_related("dispute_decision").get(pk=payment_id, status=Status.COMPLETED)
    at = _completed_at(payment)
    LedgerEntry.objects.bulk_create(
        (
            LedgerEntry(
                id=new_id(),
                region_id=payment.region_id,
                voucher_id=allocation.voucher_id,
                kind=EntryKind.SPEND,
                amount=-allocation.amount,
                source=payment.pk,
                at=at,
            )
            for allocation in Allocation.objects.filter(payment=payment)
        ),
        ignore_conflicts=True,
    )
    entry = StoreEntry(
        region_id=payment.region_id,
        store_id=payment.store_id,
        payment=payment,
        kind=StoreEntryKind.PAYMENT,
        amount=payment.amount,
        source=payment.pk,
        at=at,
    )
    StoreEntry.objects.bulk_create([entry], ignore_conflicts=True)


def _completed_at(payment: Payment) -> datetime:
    """When it was decided that it counts: by the notary, or by the office against the notary's refusal."""
    if payment.is_completed_by_office:
        return payment.dispute_decision.decided_at
    return payment.decided_at or payment.authorised_at
