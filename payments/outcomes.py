"""The notary's answers written down: payment, ledger and the shop's entry in one transaction.

The one place that writes a payment's `status`. A conditional UPDATE decides who moves a payment on; only
what it moved has consequences, so an answer that comes twice, or too late, changes nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from notary.client.values import Outcome, OutcomeKind
from payments.claims import Claimed
from payments.crash_points import crash_point
from payments.models import Payment, StoreEntry, StoreEntryKind
from payments.states import Status, sources
from payments.verdicts import verdict
from vouchers import spending
from vouchers.spending import Movement

CHANNEL = "payment_outcomes"

Answer = tuple[Claimed, Outcome]


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


def announce(payment_ids: Sequence[UUID]) -> None:
    """Tell the web processes that wait for these, when the transaction commits; a message, so only a nudge."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, ",".join(map(str, payment_ids))])


def _decide(target: Status, answers: Sequence[Answer]) -> int:
    stores = _update(target, answers)
    crash_point("inside the write")
    moved = [answer for answer in answers if answer[0].id in stores]
    for effect, group in _effects(target, moved).items():
        effect([movement for answer in group for movement in _movements(answer)])
    if target is Status.COMPLETED:
        _credit_stores(moved, stores)
    if moved:
        announce([payment.id for payment, _ in moved])
    return len(moved)


def _update(target: Status, answers: Sequence[Answer]) -> Mapping[UUID, UUID]:
    """Move what may become `target`; the moved payments' ids with their stores' ids."""
    outcomes = [outcome for _, outcome in answers]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH answer AS (
                SELECT * FROM unnest(%s::uuid[], %s::timestamptz[], %s::bigint[], %s::text[], %s::jsonb[])
                    AS answer(id, decided_at, position, reason, receipt)
            ), locked AS (
                SELECT id FROM payments_payment WHERE id IN (SELECT id FROM answer)
                ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE payments_payment AS payment
            SET status = %s, next_attempt_at = NULL, decided_at = answer.decided_at,
                log_position = answer.position, decline_reason = answer.reason, receipt = answer.receipt
            FROM answer JOIN locked USING (id)
            WHERE payment.id = answer.id AND payment.status = ANY(%s)
            RETURNING payment.id, payment.store_id
            """,
            [
                [payment.id for payment, _ in answers],
                [outcome.decided_at for outcome in outcomes],
                [outcome.position for outcome in outcomes],
                [outcome.reason or "" for outcome in outcomes],
                [json.dumps(outcome.receipt) for outcome in outcomes],
                target,
                sources(target),
            ],
        )
        return dict(cursor.fetchall())


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


def _movements(answer: Answer) -> list[Movement]:
    payment, outcome = answer
    at = _time_of(outcome)
    return [Movement(payment.region_id, draw.voucher_id, draw.amount, payment.id, at) for draw in payment.draws]


def _time_of(outcome: Outcome) -> datetime:
    """When the notary decided; only what has been decided has a verdict, so there is one."""
    if outcome.decided_at is None:
        raise ValueError("a decision has a time")
    return outcome.decided_at


def _credit_stores(moved: Sequence[Answer], stores: Mapping[UUID, UUID]) -> None:
    StoreEntry.objects.bulk_create(
        StoreEntry(
            region_id=payment.region_id,
            store_id=stores[payment.id],
            payment_id=payment.id,
            kind=StoreEntryKind.PAYMENT,
            amount=sum(draw.amount for draw in payment.draws),
            source=payment.id,
            at=_time_of(outcome),
        )
        for payment, outcome in moved
    )
