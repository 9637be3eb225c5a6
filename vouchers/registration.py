"""Vouchers made known to the notary before they can be spent, and closed there when they expire.

The row is the queue: `register_after` and `close_after` say when somebody asks (again), and a claim
moves them on, so that a dead worker's vouchers come back by themselves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notary.client.errors import NotaryRejected, NotaryUnavailable
from notary.client.values import Close, Outcome, OutcomeKind, Register, Request
from regions.models import NotaryCluster
from vouchers.models import Voucher
from vouchers.notaries import notary_of
from vouchers.wake import wake

log = structlog.stdlib.get_logger(__name__)

REGISTER = "vouchers.register"
CLOSE_NAMESPACE = UUID("5f0c3d4a-7f0e-4b0e-9d57-2f5d5a1f3c11")


def wake_registration(cluster_id: UUID) -> None:
    """Nudge a worker to register what is new; the resolver would find it anyway."""
    wake(REGISTER, cluster_id)


def register_due(cluster: NotaryCluster, *, now: datetime | None = None) -> int:
    """Register one batch of the cluster's new vouchers; return how many became spendable."""
    claimed = _claim(cluster, "register_after", now or timezone.now())
    outcomes = _ask(cluster, [Register(id=pk, face=face) for pk, face in claimed])
    known = [o.id for o in outcomes if o.id and o.outcome is OutcomeKind.REGISTERED]
    Voucher.objects.filter(pk__in=known, registered_at__isnull=True).update(
        registered_at=timezone.now(), register_after=None
    )
    _report_unexpected(outcomes, OutcomeKind.REGISTERED)
    return len(known)


def close_due(cluster: NotaryCluster, *, now: datetime | None = None) -> int:
    """Close one batch of expired vouchers at the notary; return how many are closed there."""
    claimed = _claim(cluster, "close_after", now or timezone.now())
    voucher_by_close = {uuid5(CLOSE_NAMESPACE, str(pk)): pk for pk, _ in claimed}
    outcomes = _ask(cluster, [Close(id=close, voucher=pk) for close, pk in voucher_by_close.items()])
    closed = [voucher_by_close[o.id] for o in outcomes if o.id and o.outcome is OutcomeKind.CLOSED]
    Voucher.objects.filter(pk__in=closed).update(closed_at=timezone.now(), close_after=None)
    _report_unexpected(outcomes, OutcomeKind.CLOSED)
    return len(closed)


@transaction.atomic
def _claim(cluster: NotaryCluster, column: str, now: datetime) -> list[tuple[UUID, int]]:
    # A voucher with held value is not closed: the payment that holds it was made in time.
    due = Voucher.objects.filter(**{"region__notary": cluster, f"{column}__lte": now, "held": 0})
    if column == "close_after":
        # The notary cannot close what it does not know yet.
        due = due.filter(registered_at__isnull=False)
    rows = list(
        due.order_by(column).select_for_update(of=("self",), skip_locked=True, no_key=True)[: settings.NOTARY_BATCH]
    )
    lease = now + timedelta(seconds=settings.VERIFICATION_LEASE)
    Voucher.objects.filter(pk__in=[voucher.pk for voucher in rows]).update(**{column: lease})
    return [(voucher.pk, voucher.face) for voucher in rows]


def _ask(cluster: NotaryCluster, requests: Sequence[Request]) -> list[Outcome]:
    if not requests:
        return []
    try:
        return notary_of(cluster).decide(requests, budget=settings.NOTARY_BUDGET)
    except (NotaryUnavailable, NotaryRejected) as problem:
        log.warning("notary did not answer", cluster=cluster.slug, problem=type(problem).__name__)
        return []


def _report_unexpected(outcomes: Sequence[Outcome], expected: OutcomeKind) -> None:
    for outcome in outcomes:
        if outcome.outcome is not expected:
            log.error("notary answered otherwise", voucher=str(outcome.id), outcome=outcome.outcome)
