"""A period closed for hundreds of stores: how long it takes, and whether statements and what is open add up."""

import json

import psycopg

from maintenance.bench.figures import Figure, Measured, Say, Scale, at_most
from maintenance.bench.processes import frozen
from maintenance.bench.rounds import rounds
from maintenance.bench.stack import BenchStack

USUAL_ROWS, STORES = 100_000, 500
REFUNDED_EVERY = 33
SECONDS = 60.0
# Two draws a payment, of the wallet's two vouchers; whole or in part given back every so often, as the books know it.
WRITE = (
    """
    CREATE TEMPORARY TABLE made ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id,
           %(first)s::timestamptz + number * (%(last)s::timestamptz - %(first)s::timestamptz) / %(rows)s AS at,
           100 + number %% 3000 AS one, 50 + number %% 700 AS two, number %% %(every)s = 0 AS is_refunded,
           1 + number %% (SELECT count(*) FROM vouchers_wallet) AS payer,
           1 + number %% (SELECT count(*) FROM merchants_till) AS place
    FROM generate_series(0, %(rows)s::bigint - 1) AS number
    """,
    """
    CREATE TEMPORARY TABLE placed ON COMMIT DROP AS
    SELECT made.*, wallet.id AS wallet, wallet.region_id AS region, vouchers.ids[1] AS first_voucher,
           vouchers.ids[2] AS second_voucher, till.id AS till, till.store_id AS store, gen_random_uuid() AS refund
    FROM made
    JOIN (SELECT row_number() OVER (ORDER BY id) AS turn, * FROM vouchers_wallet) AS wallet ON wallet.turn = made.payer
    JOIN (SELECT row_number() OVER (ORDER BY id) AS turn, * FROM merchants_till) AS till ON till.turn = made.place
    JOIN (SELECT wallet_id, array_agg(id ORDER BY id) AS ids FROM vouchers_voucher GROUP BY 1) AS vouchers
      ON vouchers.wallet_id = wallet.id
    """,
    """
    INSERT INTO payments_payment (id, region_id, wallet_id, store_id, till_id, amount, refunded, status,
        idempotency_key, request_hash, authorised_at, valid_until, attempts, decided_at, decline_reason, log_position,
        receipt)
    SELECT id, region, wallet, store, till, one + two, CASE WHEN is_refunded THEN one ELSE 0 END, 'completed', id,
           repeat('0', 64), at, at + interval '10 s', 1, at, '', NULL, '{"leaf": {"outcome": "committed"}}'
    FROM placed
    """,
    """
    INSERT INTO payments_allocation (id, payment_id, voucher_id, amount, refunded)
    SELECT gen_random_uuid(), id, first_voucher, one, CASE WHEN is_refunded THEN one ELSE 0 END FROM placed
    UNION ALL SELECT gen_random_uuid(), id, second_voucher, two, 0 FROM placed
    """,
    """
    INSERT INTO payments_refund (id, region_id, payment_id, amount, allocations, reason, requested_by_id, requested_at,
        idempotency_key, request_hash, status, attempts, decided_at)
    SELECT refund, region, id, one, jsonb_build_array(jsonb_build_array(first_voucher, one)), 'bench',
           (SELECT id FROM regions_user LIMIT 1), at, 'bench', repeat('0', 64), 'completed', 1, at
    FROM placed WHERE is_refunded
    """,
    """
    INSERT INTO payments_storeentry (id, region_id, store_id, payment_id, kind, amount, source, at, written_at)
    SELECT gen_random_uuid(), region, store, id, 'payment', one + two, id, at, at FROM placed
    UNION ALL
    SELECT gen_random_uuid(), region, store, id, 'refund', -one, refund, at, at FROM placed WHERE is_refunded
    """,
)
TABLES = ("payments_payment", "payments_allocation", "payments_refund", "payments_storeentry", "payments_statementline")


def measure(scale: Scale, say: Say) -> Measured:
    """Each round writes a period's payments and closes it, so each closes behind all that were closed before."""
    rows = scale.rows or USUAL_ROWS
    measured = Measured(
        notes=[
            f"{rows:,} payments of two vouchers each and {rows // REFUNDED_EVERY:,} refunds a round, written by SQL",
            f"{STORES} stores, a fee of 3 %; in one transaction: lines, statements, hashes and notices",
            "beat and resolver stand still meanwhile, so that nobody else closes",
        ]
    )
    found: dict[str, list[float]] = {"closing": [], "check": [], "pdf": [], "wrong": [], "payments": []}
    with BenchStack(people=scale.people) as stack, frozen(stack.pids["resolver"]), frozen(stack.pids["beat"]):
        _inside(stack, f"prepare({STORES})")
        for _ in rounds(scale, measured, say):
            period = json.loads(_inside(stack, "period()"))
            _write(stack, rows, period)
            told = json.loads(_inside(stack, "close()"))
            for name, samples in found.items():
                samples.append(told[name])
            found["wrong"][-1] += abs(told["payments"] - rows)
            measured.found.append(f"{period['first']} to {period['last']}: {told['statements']} statements")
    measured.figures = [
        Figure("closing", f"{rows:,} payments of {STORES} stores closed", found["closing"], "s", at_most(SECONDS)),
        Figure("check", "everything so far added up", found["check"], "s"),
        Figure("pdf", "the longest statement on paper", found["pdf"], "s"),
        Figure("wrong", "yen, stores and payments that do not add up", found["wrong"], bar=at_most(0)),
    ]
    return measured


def _write(stack: BenchStack, rows: int, period: dict[str, str]) -> None:
    own = {
        "rows": rows,
        "every": REFUNDED_EVERY,
        "first": f"{period['first']} 12:00",
        "last": f"{period['last']} 12:00",
    }
    with psycopg.connect(stack.superuser_database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in WRITE:
            connection.execute(statement.encode(), own)
    with psycopg.connect(stack.superuser_database_url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"ANALYZE {table}".encode())


def _inside(stack: BenchStack, call: str) -> str:
    return stack.inside("shell", "-v", "0", "-c", f"from maintenance.bench import settling; settling.{call}")
