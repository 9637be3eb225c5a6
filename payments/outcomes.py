"""What is decided of a payment written down: payment, ledger and the shop's entry in one transaction.

The one place that writes a payment's `status`. A conditional UPDATE decides who moves a payment on; only
what it moved has consequences, so an answer that comes twice, or too late, changes nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from notary.client.values import Outcome, OutcomeKind
from payments.claims import Claimed, load
from payments.crash_points import crash_point
from payments.models import Payment
from payments.states import TRANSITIONS, Status, sources
from payments.verdicts import verdict
from regions.ids import new_id
from regions.prepared import fetch, run
from vouchers import spending
from vouchers.spending import Movement

CHANNEL = "payment_outcomes"

Answer = tuple[Claimed, Outcome]

# Two statements and one message. The second begins when the first has the lock, so it sees what whoever
# had it before has guaranteed; in one statement the sums would be as old as the wait.
ACCEPT_LOCK = "SELECT FROM regions_region WHERE id = %(region)s FOR NO KEY UPDATE"
ACCEPT_WITHIN_LIMITS = """
    UPDATE payments_payment AS payment SET status = 'accepted', next_attempt_at = %(at)s
    FROM regions_region AS region, (
        SELECT coalesce(sum(amount), 0) AS in_all,
               coalesce(sum(amount) FILTER (WHERE wallet_id = %(wallet)s), 0) AS of_wallet
        FROM payments_payment WHERE region_id = %(region)s AND status = 'accepted'
    ) AS standing
    WHERE payment.id = %(payment)s AND payment.status = ANY(%(sources)s)
      AND region.id = payment.region_id AND region.outage_policy = 'accept'
      AND payment.amount <= region.guarantee_per_payment
      AND standing.of_wallet + payment.amount <= region.guarantee_per_wallet
      AND standing.in_all + payment.amount <= region.guarantee_in_all
    RETURNING pg_notify(%(channel)s, payment.id::text)
"""


@transaction.atomic(durable=True)
def write(answers: Sequence[Answer]) -> int:
    """Write what the answers decide; return how many payments became final by it.

    Idempotent on the payment: an answer that another process wrote already moves nothing.
    """
    by_target: dict[Status, list[Answer]] = {}
    for payment, outcome in answers:
        if target := verdict(payment, outcome):
            by_target.setdefault(target, []).append((payment, outcome))
    decided = sum(_decide(target, group) for target, group in sorted(by_target.items()))
    crash_point("before the write commits")
    return decided


def move(payment_ids: Sequence[UUID], target: Status, *, next_attempt_at: datetime | None) -> int:
    """Move those that may become `target`, without a decision of the notary; return how many did."""
    moved = Payment.objects.filter(pk__in=payment_ids, status__in=sources(target)).update(
        status=target, next_attempt_at=next_attempt_at
    )
    if moved:
        announce(payment_ids)
    return moved


@transaction.atomic(savepoint=False)
def accept(payment: Payment, *, at: datetime) -> bool:
    """Make a pending payment `accepted` if its region's limits allow it by now; return whether it is.

    Locks the region until the transaction ends, so it belongs at the end of one: all that waits for the lock
    waits for one message and a commit. Announces the payment.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"{ACCEPT_LOCK}; {ACCEPT_WITHIN_LIMITS}",
            {
                "region": payment.region_id,
                "wallet": payment.wallet_id,
                "payment": payment.pk,
                "at": at,
                "sources": sources(Status.ACCEPTED),
                "channel": CHANNEL,
            },
        )
        cursor.nextset()
        return cursor.fetchone() is not None


def settle_dispute(payment: Payment, target: Status, *, at: datetime) -> bool:
    """Move a disputed payment to what the office decided, with all that follows; False if it is not disputed.

    Part of the caller's transaction. What the notary said of it, and when, stays on the payment.
    """
    if target not in TRANSITIONS[Status.DISPUTED]:
        raise ValueError("a dispute does not end so")
    if not Payment.objects.filter(pk=payment.pk, status=Status.DISPUTED).update(status=target):
        return False
    (claimed,) = load([payment.pk])
    effect = spending.spend if target is Status.COMPLETED else spending.release
    effect(_movements(claimed, at))
    if target is Status.COMPLETED:
        _credit_stores([(claimed, payment.store_id, at)])
    announce([payment.pk])
    return True


def announce(payment_ids: Sequence[UUID]) -> None:
    """Tell the web processes that wait for these, when the transaction commits; a message, so only a nudge."""
    run("SELECT pg_notify(%s, %s)", [CHANNEL, ",".join(map(str, payment_ids))])


def _decide(target: Status, answers: Sequence[Answer]) -> int:
    stores = _update(target, answers)
    crash_point("inside the write")
    moved = [answer for answer in answers if answer[0].id in stores]
    for effect, group in _effects(target, moved).items():
        effect([movement for payment, outcome in group for movement in _movements(payment, _time_of(outcome))])
    if target is Status.COMPLETED:
        _credit_stores([(payment, stores[payment.id], _time_of(outcome)) for payment, outcome in moved])
    if moved:
        announce([payment.id for payment, _ in moved])
    return len(moved)


UPDATE = """
    WITH answer AS (
        SELECT * FROM unnest(%(ids)s::uuid[], %(times)s::timestamptz[], %(positions)s::bigint[], %(reasons)s::text[],
                             %(receipts)s::jsonb[]) AS answer(id, decided_at, position, reason, receipt)
    ), locked AS (
        SELECT id FROM payments_payment WHERE id IN (SELECT id FROM answer) ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE payments_payment AS payment
    SET status = %(target)s, next_attempt_at = NULL, decided_at = answer.decided_at,
        log_position = answer.position, decline_reason = answer.reason, receipt = answer.receipt
    FROM answer JOIN locked USING (id)
    WHERE payment.id = answer.id AND payment.status = ANY(%(sources)s)
    RETURNING payment.id, payment.store_id
"""


def _update(target: Status, answers: Sequence[Answer]) -> Mapping[UUID, UUID]:
    """Move what may become `target`; the moved payments' ids with their stores' ids."""
    outcomes = [outcome for _, outcome in answers]
    return dict(
        fetch(
            UPDATE,
            {
                "ids": [payment.id for payment, _ in answers],
                "times": [outcome.decided_at for outcome in outcomes],
                "positions": [outcome.position for outcome in outcomes],
                "reasons": [outcome.reason or "" for outcome in outcomes],
                "receipts": [json.dumps(outcome.receipt) for outcome in outcomes],
                "target": str(target),
                "sources": [str(source) for source in sources(target)],
            },
        )
    )


Effect = Callable[[Sequence[Movement]], None]


def _effects(target: Status, moved: Sequence[Answer]) -> dict[Effect, list[Answer]]:
    """What becomes of the held value. A disputed payment keeps it held until staff decide."""
    if target is Status.COMPLETED:
        return {spending.spend: list(moved)}
    if target is Status.DISPUTED:
        return {}
    undone = [answer for answer in moved if answer[1].outcome is OutcomeKind.REVERSED]
    return {
        spending.take_back: undone,
        spending.release: [answer for answer in moved if answer not in undone],
    }


def _movements(payment: Claimed, at: datetime) -> list[Movement]:
    return [Movement(payment.region_id, draw.voucher_id, draw.amount, payment.id, at) for draw in payment.draws]


def _time_of(outcome: Outcome) -> datetime:
    """When the notary decided; only what has been decided has a verdict, so there is one."""
    if outcome.decided_at is None:
        raise ValueError("a decision has a time")
    return outcome.decided_at


CREDIT = """
    INSERT INTO payments_storeentry (id, region_id, store_id, payment_id, kind, amount, source, at, written_at)
    SELECT id, region, store, payment, 'payment', amount, payment, at, %(now)s
    FROM unnest(%(ids)s::uuid[], %(regions)s::uuid[], %(stores)s::uuid[], %(payments)s::uuid[], %(amounts)s::int[],
                %(times)s::timestamptz[]) AS entry(id, region, store, payment, amount, at)
"""


def _credit_stores(completed: Sequence[tuple[Claimed, UUID, datetime]]) -> None:
    """Enter what each store is owed: the payment, its store's id and the time of the decision."""
    if completed:
        run(
            CREDIT,
            {
                "now": timezone.now(),
                "ids": [new_id() for _ in completed],
                "regions": [payment.region_id for payment, _, _ in completed],
                "stores": [store_id for _, store_id, _ in completed],
                "payments": [payment.id for payment, _, _ in completed],
                "amounts": [sum(draw.amount for draw in payment.draws) for payment, _, _ in completed],
                "times": [at for _, _, at in completed],
            },
        )
