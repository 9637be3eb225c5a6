"""Completed payments in bulk that both sides know alike: decided by the notary itself, written here by SQL."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from uuid import UUID

import psycopg

from maintenance.bench.load import LoadFailed, vouchers_of
from maintenance.bench.stack import PLATFORM, BenchStack
from notary.client.http import HttpNotary
from notary.client.values import MAX_BATCH, Commit, Outcome, OutcomeKind
from regions.ids import new_id

AMOUNT = 10
ASKED_AT_ONCE = 4
BUDGET = 30.0
COPY = "COPY decided (payment, voucher, position, decided_at, receipt) FROM STDIN"
DECIDED = """
    CREATE TEMPORARY TABLE decided (payment uuid, voucher uuid, position bigint, decided_at timestamptz, receipt jsonb)
"""
# As authorisation, verification and outcome leave a payment behind them, each table in one statement.
WRITE = (
    """
    INSERT INTO payments_payment (id, region_id, wallet_id, store_id, till_id, amount, refunded, status,
        idempotency_key, request_hash, authorised_at, valid_until, attempts, decided_at, decline_reason, log_position,
        receipt)
    SELECT payment, voucher.region_id, voucher.wallet_id, till.store_id, till.id, 10, 0, 'completed', payment,
           repeat('0', 64), decided_at, decided_at + interval '10 s', 1, decided_at, '', position, receipt
    FROM decided JOIN vouchers_voucher AS voucher ON voucher.id = decided.voucher
    CROSS JOIN (SELECT id, store_id FROM merchants_till ORDER BY id LIMIT 1) AS till
    """,
    """
    INSERT INTO payments_allocation (id, payment_id, voucher_id, amount, refunded)
    SELECT gen_random_uuid(), payment, voucher, 10, 0 FROM decided
    """,
    """
    UPDATE vouchers_voucher AS voucher SET spent = spent + taken.yen
    FROM (SELECT voucher, 10 * count(*) AS yen FROM decided GROUP BY 1) AS taken WHERE taken.voucher = voucher.id
    """,
    """
    INSERT INTO vouchers_ledgerentry (id, region_id, voucher_id, kind, amount, source, at, written_at)
    SELECT gen_random_uuid(), voucher.region_id, voucher.id, 'spend', -10, payment, decided_at, decided_at
    FROM decided JOIN vouchers_voucher AS voucher ON voucher.id = decided.voucher
    """,
    """
    INSERT INTO payments_storeentry (id, region_id, store_id, payment_id, kind, amount, source, at, written_at)
    SELECT gen_random_uuid(), payment.region_id, store_id, id, 'payment', amount, id, payment.decided_at,
           payment.decided_at
    FROM payments_payment AS payment JOIN decided ON decided.payment = payment.id
    """,
    # Read to here: what is compared is not found by following the log before it is compared.
    """
    INSERT INTO payments_logcursor (cluster_id, position, last_position, last_id, read_at, compare_after)
    SELECT cluster.id, last.position, last.position, last.payment, now(), now() + interval '1 day'
    FROM regions_notarycluster AS cluster CROSS JOIN (SELECT * FROM decided ORDER BY position DESC LIMIT 1) AS last
    ON CONFLICT (cluster_id) DO UPDATE SET position = excluded.position, last_position = excluded.last_position,
        last_id = excluded.last_id, compare_after = excluded.compare_after
    """,
)


def notarise(stack: BenchStack, rows: int) -> None:
    """So many payments of 10 yen, on the town's vouchers in turn. The resolver must be standing still."""
    with psycopg.connect(stack.superuser_database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(DECIDED)
        with connection.cursor().copy(COPY) as copy:
            for commit, outcome in _decided(stack, rows):
                if outcome.outcome is not OutcomeKind.COMMITTED:
                    raise LoadFailed(f"the notary does not commit: {outcome.outcome} {outcome.reason}")
                voucher, _yen = commit.allocations[0]
                receipt = json.dumps(outcome.receipt)
                copy.write_row([commit.id, voucher, outcome.position, outcome.decided_at, receipt])
        for statement in WRITE:
            connection.execute(statement)
    with psycopg.connect(stack.superuser_database_url, autocommit=True) as connection:
        connection.execute("ANALYZE")


def _decided(stack: BenchStack, rows: int) -> Iterator[tuple[Commit, Outcome]]:
    vouchers = map(UUID, cycle(vouchers_of(stack)))
    commits = (Commit(new_id(), ((voucher, AMOUNT),)) for voucher in islice(vouchers, rows))
    batches = iter(lambda: list(islice(commits, MAX_BATCH)), [])
    client = HttpNotary(stack.notary, PLATFORM, stack.key)

    def decide(batch: Sequence[Commit]) -> Sequence[tuple[Commit, Outcome]]:
        return list(zip(batch, client.decide(batch, budget=BUDGET), strict=True))

    with ThreadPoolExecutor(ASKED_AT_ONCE) as askers:
        for answered in askers.map(decide, batches):
            yield from answered
    client.close()
