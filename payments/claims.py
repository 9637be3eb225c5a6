"""Payments in doubt, taken for the length of a lease: the row is the queue.

A claim moves `next_attempt_at` on, so that what a dead process had claimed is due again by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from payments.models import Allocation, Payment
from payments.states import Status
from regions.models import NotaryCluster
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


@transaction.atomic(durable=True)
def claim(cluster: NotaryCluster, *, now: datetime) -> list[Claimed]:
    """Take a batch of the cluster's due payments for a lease; nobody else gets them meanwhile."""
    due = Payment.objects.in_doubt().filter(region__notary=cluster, next_attempt_at__lte=now)
    # In the order in which they were made, so that of two payments the earlier is notarised first.
    oldest = due.order_by("authorised_at", "pk").select_for_update(of=("self",), skip_locked=True, no_key=True)
    payments = list(oldest.only("region_id", "status", "valid_until", "attempts")[: settings.NOTARY_BATCH])
    ids = [payment.pk for payment in payments]
    lease = now + timedelta(seconds=settings.VERIFICATION_LEASE)
    Payment.objects.filter(pk__in=ids).update(next_attempt_at=lease, attempts=F("attempts") + 1)
    for payment in payments:
        payment.attempts += 1
    return _with_draws(payments)


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
