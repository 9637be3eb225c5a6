"""What must be zero after any fault, counted in the databases of both sides: the figures of a drill and of the tests.

Read straight from the tables by SQL, past all code that could share a mistake with what is measured.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg

# Yen of the same voucher at both sides: what the notary says is spent, and what the platform says.
Amounts = Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts and yen; `completed` is there to show that something was paid at all."""

    completed: int
    stuck: int
    missing_histories: int
    doubled_histories: int
    double_spends: int
    yen_drift: int

    @property
    def is_clean(self) -> bool:
        wrong = (self.stuck, self.missing_histories, self.doubled_histories, self.double_spends, self.yen_drift)
        return not any(wrong)


STUCK = """
    SELECT (SELECT count(*) FROM payments_payment WHERE status IN ('pending', 'accepted', 'voiding'))
         + (SELECT count(*) FROM payments_refund WHERE status = 'pending')
"""
COMPLETED = "SELECT id FROM payments_payment WHERE status = 'completed'"
# A completed payment stands in the vouchers' ledger and in the store's book, each with its amount.
MISSING_ENTRIES = """
    SELECT count(*) FROM payments_payment AS payment
    WHERE status = 'completed' AND (
        amount IS DISTINCT FROM (
            SELECT -sum(amount) FROM vouchers_ledgerentry WHERE source = payment.id AND kind = 'spend')
        OR amount IS DISTINCT FROM (
            SELECT sum(amount) FROM payments_storeentry WHERE source = payment.id))
"""
DOUBLED_ENTRIES = """
    SELECT (SELECT count(*) FROM (
                SELECT FROM vouchers_ledgerentry GROUP BY source, voucher_id, kind HAVING count(*) > 1) AS twice)
         + (SELECT count(*) FROM (
                SELECT FROM payments_storeentry GROUP BY source HAVING count(*) > 1) AS twice)
"""
OVERDRAWN = "SELECT count(*) FROM vouchers_voucher WHERE spent + held + expired > face OR held < 0 OR spent < 0"
LEDGER_DRIFT = """
    SELECT coalesce(sum(abs(voucher.face - spent - expired - entries)), 0)
    FROM vouchers_voucher AS voucher JOIN (
        SELECT voucher_id, sum(amount) AS entries FROM vouchers_ledgerentry GROUP BY voucher_id
    ) AS ledger ON ledger.voucher_id = voucher.id
"""
HELD_DRIFT = """
    SELECT abs(coalesce((SELECT sum(held) FROM vouchers_voucher), 0) - coalesce((
        SELECT sum(allocation.amount) FROM payments_allocation AS allocation
        JOIN payments_payment AS payment ON payment.id = payment_id
        WHERE status IN ('pending', 'accepted', 'voiding', 'disputed')), 0))
"""
SPENT = "SELECT id, spent FROM vouchers_voucher WHERE spent > 0"
NOTARY_SPENT = "SELECT voucher, spent FROM notary_account WHERE spent > 0"
NOTARY_OVERSPENT = "SELECT count(*) FROM notary_account WHERE spent > face OR spent < 0"
NOTARY_COMMITTED = """
    SELECT request_id FROM notary_decision AS decision
    WHERE leaf::jsonb ->> 'outcome' = 'committed' AND NOT EXISTS (
        SELECT FROM notary_decision AS undo
        WHERE undo.transaction = decision.request_id AND undo.leaf::jsonb ->> 'outcome' = 'reversed')
"""
REFUNDED = "SELECT id FROM payments_payment WHERE refunded > 0"
# What an office completed against the notary's refusal: it stands in the platform's books only.
BY_OFFICE = "SELECT payment_id FROM payments_disputedecision WHERE outcome = 'completed'"
BY_OFFICE_SPENT = """
    SELECT voucher_id, sum(amount)::bigint FROM payments_allocation
    JOIN payments_disputedecision AS decision USING (payment_id)
    WHERE decision.outcome = 'completed' AND NOT payment_id = ANY(%s::uuid[]) GROUP BY voucher_id
"""


def measure(*, database_url: str, notary_database_url: str, other_notaries: Sequence[str] = ()) -> Figures:
    """Count the books of the platform and of every notary that its regions use; all are only read."""
    notaries = [_read_notary(url) for url in (notary_database_url, *other_notaries)]
    committed = Counter(payment for books in notaries for payment in books.committed)
    spent: Counter[UUID] = Counter()
    for books in notaries:
        spent.update(books.spent)
    with psycopg.connect(database_url) as platform:
        completed = _ids(platform, COMPLETED)
        # A payment with a refund has a reversal at the notary, so it is not in `committed`.
        explained = _ids(platform, REFUNDED) | _ids(platform, BY_OFFICE)
        only_on_one_side = (committed.keys() ^ completed) - explained
        by_office = _amounts(platform, BY_OFFICE_SPENT, [list(committed)])
        return Figures(
            completed=len(completed),
            stuck=_number(platform, STUCK),
            missing_histories=_number(platform, MISSING_ENTRIES) + len(only_on_one_side),
            doubled_histories=_number(platform, DOUBLED_ENTRIES),
            double_spends=_number(platform, OVERDRAWN)
            + sum(books.overspent for books in notaries)
            + sum(times > 1 for times in committed.values()),
            yen_drift=_number(platform, LEDGER_DRIFT)
            + _number(platform, HELD_DRIFT)
            + _difference(_amounts(platform, SPENT), spent + by_office),
        )


@dataclass(frozen=True, slots=True)
class NotaryBooks:
    """What one notary says: transactions that stand, yen spent by voucher, vouchers that are overspent."""

    committed: set[UUID]
    spent: Amounts
    overspent: int


def _read_notary(url: str) -> NotaryBooks:
    with psycopg.connect(url) as notary:
        return NotaryBooks(
            committed=_ids(notary, NOTARY_COMMITTED),
            spent=_amounts(notary, NOTARY_SPENT),
            overspent=_number(notary, NOTARY_OVERSPENT),
        )


def _difference(ours: Amounts, theirs: Amounts) -> int:
    return sum(abs(ours.get(voucher, 0) - theirs.get(voucher, 0)) for voucher in ours.keys() | theirs.keys())


def _number(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def _ids(connection: psycopg.Connection, query: str) -> set[UUID]:
    return {row[0] for row in connection.execute(query.encode())}


def _amounts(connection: psycopg.Connection, query: str, parameters: Sequence[object] = ()) -> Counter[UUID]:
    return Counter({row[0]: row[1] for row in connection.execute(query.encode(), parameters or None)})
