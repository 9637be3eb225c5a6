"""Differences planted in the platform's books by SQL, as faults have left them, and what must be said of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg

from maintenance.bench.stack import BenchStack
from payments.models import DifferenceKind

# Kind and payment, as the comparison names a difference.
Named = tuple[str, UUID]

# 11 histories, as on 25 January 2023: the notary has committed, and here nothing shows it.
ENTRIES_LOST, STATES_LOST, ORPHANS, AMOUNTS = 6, 5, 3, 1
CHOOSE = """
    SELECT id FROM payments_payment AS payment
    WHERE status = 'completed' AND NOT EXISTS (SELECT FROM payments_difference WHERE source = payment.id)
    ORDER BY md5(id::text) LIMIT %s
"""
DELETE_ENTRIES = (
    "DELETE FROM vouchers_ledgerentry WHERE source = ANY(%(payments)s)",
    "DELETE FROM payments_storeentry WHERE source = ANY(%(payments)s)",
)
# Not due before anybody looks at it by itself: the comparison has to find it.
FORGET_STATE = (
    """
    UPDATE payments_payment SET status = 'pending', decided_at = NULL, receipt = NULL, log_position = NULL,
        next_attempt_at = now() + interval '1 day', valid_until = now() + interval '1 day'
    WHERE id = ANY(%(payments)s)
    """,
    """
    UPDATE vouchers_voucher AS voucher SET held = held + taken.yen, spent = spent - taken.yen
    FROM (SELECT voucher_id, sum(amount) AS yen FROM payments_allocation WHERE payment_id = ANY(%(payments)s)
          GROUP BY 1) AS taken
    WHERE taken.voucher_id = voucher.id
    """,
)
DELETE_PAYMENTS = (
    "DELETE FROM payments_allocation WHERE payment_id = ANY(%(payments)s)",
    "DELETE FROM payments_payment WHERE id = ANY(%(payments)s)",
)
CHANGE_AMOUNT = ("UPDATE payments_payment SET amount = amount + 1 WHERE id = ANY(%(payments)s)",)


@dataclass(frozen=True, slots=True)
class Planted:
    """What a comparison must repair, and what it must leave to a person."""

    repaired: frozenset[Named]
    left: frozenset[Named]


def plant(stack: BenchStack) -> Planted:
    """Plant 11 lost histories, 3 orphans and 1 changed amount on payments that have no difference yet."""
    with psycopg.connect(stack.superuser_database_url) as connection:
        # The guards of the tables would refuse all of it, as they refuse the platform's own code.
        connection.execute("SET session_replication_role = replica")
        wanted = ENTRIES_LOST + STATES_LOST + ORPHANS + AMOUNTS
        chosen = [row[0] for row in connection.execute(CHOOSE, [wanted])]
        entries, states, orphans, amounts = _dealt(chosen)
        for payments, statements in (
            (entries, DELETE_ENTRIES),
            (states, (*DELETE_ENTRIES, *FORGET_STATE)),
            (orphans, DELETE_PAYMENTS),
            (amounts, CHANGE_AMOUNT),
        ):
            for statement in statements:
                connection.execute(statement.encode(), {"payments": payments})
    return Planted(
        repaired=_named(DifferenceKind.ENTRY_MISSING, entries) | _named(DifferenceKind.NOT_WRITTEN, states),
        # An orphan is one at both ends: the notary's commit has no payment, and neither have the entries.
        left=_named(DifferenceKind.UNKNOWN_PAYMENT, orphans)
        | _named(DifferenceKind.ORPHAN_ENTRY, orphans)
        | _named(DifferenceKind.AMOUNT, amounts),
    )


def _dealt(chosen: Sequence[UUID]) -> list[Sequence[UUID]]:
    dealt, at = [], 0
    for count in (ENTRIES_LOST, STATES_LOST, ORPHANS, AMOUNTS):
        dealt.append(chosen[at : at + count])
        at += count
    return dealt


def _named(kind: DifferenceKind, payments: Sequence[UUID]) -> frozenset[Named]:
    return frozenset((kind.value, payment) for payment in payments)
