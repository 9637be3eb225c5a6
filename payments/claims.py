"""Payments in doubt, taken for the length of a lease: the row is the queue.

A claim moves `next_attempt_at` on, so that what a dead process had claimed is due again by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from payments.models import Allocation, Payment
from payments.states import Status
from regions.models import NotaryCluster
from regions.prepared import fetch
from vouchers.spending import Draw

# Seconds until a payment is asked about again after the notary did not answer.
RETRY_FIRST, RETRY_MAX = 0.25, 5.0


@dataclass(frozen=True, slots=True)
class Claimed:
    """A payment in doubt as it stood when it was claimed, with what it draws from each voucher."""

    id: UUID
    region_id: UUID
    status: Status
    valid_until: datetime | None
    attempts: int
    draws: tuple[Draw, ...]


# In the order in which they were made, so that of two payments the earlier is notarised first. A claim that the
# database forgets in a crash is only taken again, so nobody waits until it is on the disk.
CLAIM = """
    WITH due AS (
        SELECT payment.id FROM payments_payment AS payment JOIN regions_region AS region ON region.id = region_id
        WHERE payment.status IN ('pending', 'accepted', 'voiding') AND next_attempt_at <= %(due)s
          AND region.notary_id = %(cluster)s
        ORDER BY authorised_at, payment.id LIMIT %(most)s FOR NO KEY UPDATE OF payment SKIP LOCKED
    ), hasty AS (
        SELECT set_config('synchronous_commit', 'off', true)
    ), claimed AS (
        UPDATE payments_payment AS payment SET next_attempt_at = %(lease)s, attempts = attempts + 1
        FROM due, hasty WHERE payment.id = due.id
        RETURNING payment.id, region_id, status, valid_until, attempts, authorised_at
    )
    SELECT claimed.id, region_id, status, valid_until, attempts,
        array_agg(voucher_id ORDER BY drawn.id), array_agg(drawn.amount ORDER BY drawn.id)
    FROM claimed JOIN payments_allocation AS drawn ON payment_id = claimed.id
    GROUP BY claimed.id, region_id, status, valid_until, attempts, authorised_at
    ORDER BY authorised_at, claimed.id
"""


def claim(cluster: NotaryCluster, *, now: datetime, head_start: timedelta = timedelta()) -> list[Claimed]:
    """Take a batch of the cluster's due payments for a lease; nobody else gets them meanwhile.

    What has become due within the `head_start` is left to others.
    """
    rows = fetch(
        CLAIM,
        {
            "cluster": cluster.pk,
            "due": now - head_start,
            "lease": now + timedelta(seconds=settings.VERIFICATION_LEASE),
            "most": settings.NOTARY_BATCH,
        },
    )
    return [
        Claimed(pk, region_id, Status(status), valid_until, attempts, tuple(map(Draw, vouchers, amounts)))
        for pk, region_id, status, valid_until, attempts, vouchers, amounts in rows
    ]


def load(payment_ids: Sequence[UUID]) -> list[Claimed]:
    """These payments as they stand, without a lease: for what asks about payments that are not in doubt."""
    return _with_draws(list(Payment.objects.filter(pk__in=payment_ids).order_by("pk")))


def load_in_doubt(payment_ids: Sequence[UUID]) -> list[Claimed]:
    """Those of these payments that are in doubt, without a lease: the status decides who writes."""
    return _with_draws(list(Payment.objects.in_doubt().filter(pk__in=payment_ids).order_by("pk")))


def postpone(claimed: Sequence[Claimed], *, now: datetime) -> None:
    """Let go of a claim after an absent answer: due again soon, later with every attempt."""
    for attempts in {payment.attempts for payment in claimed}:
        ids = [payment.id for payment in claimed if payment.attempts == attempts]
        again = now + timedelta(seconds=retry_pause(attempts))
        Payment.objects.in_doubt().filter(pk__in=ids).update(next_attempt_at=again)


def retry_pause(attempts: int) -> float:
    """Seconds before the next attempt: doubling, bounded, so that recovery is never far away."""
    return float(min(RETRY_FIRST * 2.0 ** min(attempts - 1, 10), RETRY_MAX))


def _with_draws(payments: Sequence[Payment]) -> list[Claimed]:
    draws = _draws_of([payment.pk for payment in payments])
    return [Claimed(p.pk, p.region_id, Status(p.status), p.valid_until, p.attempts, draws[p.pk]) for p in payments]


def _draws_of(payment_ids: Sequence[UUID]) -> dict[UUID, tuple[Draw, ...]]:
    draws: dict[UUID, tuple[Draw, ...]] = dict.fromkeys(payment_ids, ())
    rows = Allocation.objects.filter(payment_id__in=payment_ids).order_by("pk")
    for payment_id, voucher_id, amount in rows.values_list("payment_id", "voucher_id", "amount"):
        draws[payment_id] += (Draw(voucher_id, amount),)
    return draws
