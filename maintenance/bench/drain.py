"""After an outage: how long until everything that it left in doubt is final."""

import time

import psycopg

from maintenance.bench.figures import Figure, Measured, Say, Scale, at_most
from maintenance.bench.processes import frozen, watching
from maintenance.bench.rounds import rounds, shares_of, warm_up
from maintenance.bench.stack import BenchStack
from maintenance.drill.load import wait_until

USUAL_ROWS = 10_000
SECONDS = 20.0
NOTICED_WITHIN, FINAL_WITHIN = 60.0, 300.0
LOOK_EVERY = 0.1

# As an outage leaves them: half guaranteed by the region, half given up when their patience was over.
# They lie on the town's wallets in turn, each with its value held on one voucher.
PENDING = """
    CREATE TEMPORARY TABLE doubt ON COMMIT DROP AS
    SELECT gen_random_uuid() AS payment, number %% 2 = 0 AS is_guaranteed, place.*
    FROM generate_series(0, %(rows)s - 1) AS number
    JOIN (
        SELECT row_number() OVER (ORDER BY id) - 1 AS turn, count(*) OVER () AS turns, id AS voucher,
               wallet_id AS wallet, region_id AS region
        FROM vouchers_voucher
    ) AS place ON place.turn = number %% turns
"""
PAYMENTS = """
    INSERT INTO payments_payment (id, region_id, wallet_id, store_id, till_id, amount, refunded, status,
        idempotency_key, request_hash, authorised_at, valid_until, next_attempt_at, attempts, decline_reason)
    SELECT payment, region, wallet, till.store_id, till.id, 10, 0,
           CASE WHEN is_guaranteed THEN 'accepted' ELSE 'voiding' END,
           payment, repeat('0', 64), now() - interval '60 s', now() - interval '50 s', now(), 3, ''
    FROM doubt CROSS JOIN (SELECT id, store_id FROM merchants_till ORDER BY id LIMIT 1) AS till
"""
ALLOCATIONS = """
    INSERT INTO payments_allocation (id, payment_id, voucher_id, amount, refunded)
    SELECT gen_random_uuid(), payment, voucher, 10, 0 FROM doubt
"""
HELD = """
    UPDATE vouchers_voucher AS voucher SET held = held + taken.yen
    FROM (SELECT voucher, 10 * count(*) AS yen FROM doubt GROUP BY 1) AS taken WHERE taken.voucher = voucher.id
"""
IN_DOUBT = "SELECT count(*) FROM payments_payment WHERE status IN ('pending', 'accepted', 'voiding')"
OPEN_BREAKERS = "SELECT count(*) FROM payments_notaryhealth WHERE is_open"
STATUSES = "SELECT status, count(*) FROM payments_payment WHERE attempts > 3 GROUP BY 1 ORDER BY 1"


class NotDrained(Exception):
    """The breaker did not open, or something was still in doubt long after the notary was back."""


def measure(scale: Scale, say: Say) -> Measured:
    """Freeze the notary, leave payments in doubt, thaw it, and wait until all are final; so many times."""
    rows = scale.rows or USUAL_ROWS
    measured = Measured(notes=[f"{rows:,} payments in doubt, written by SQL: half guaranteed, half given up"])
    seconds: list[float] = []
    shares: dict[str, list[float]] = {}
    with BenchStack(people=scale.people) as stack:
        warm_up(stack)
        for _ in rounds(scale, measured, say):
            _leave_in_doubt(stack, rows)
            with watching(stack.pids, shares):
                seconds.append(_until_final(stack, rows))
        with psycopg.connect(stack.database_url) as connection:
            statuses: dict[str, int] = dict(connection.execute(STATUSES).fetchall())
    measured.figures = [
        Figure("drain", f"{rows:,} in doubt, until all are final", seconds, "s", at_most(SECONDS)),
        Figure("drained", "   that is", [rows / taken for taken in seconds], "/s"),
        *shares_of(shares),
    ]
    measured.notes.append(f"what became of them, all rounds: {statuses}")
    return measured


def _leave_in_doubt(stack: BenchStack, rows: int) -> None:
    """An outage that everybody has noticed, with what it leaves; when this returns the notary is back."""
    with frozen(stack.pids["notary"]):
        if not wait_until(lambda: _count(stack, OPEN_BREAKERS) > 0, within=NOTICED_WITHIN):
            raise NotDrained("nobody noticed that the notary is away")
        with psycopg.connect(stack.database_url) as connection:
            connection.execute(PENDING, {"rows": rows})
            for statement in (PAYMENTS, ALLOCATIONS, HELD):
                connection.execute(statement)


def _until_final(stack: BenchStack, rows: int) -> float:
    """Seconds until the last of them is final."""
    began = time.monotonic()
    while _count(stack, IN_DOUBT):
        if time.monotonic() - began > FINAL_WITHIN:
            raise NotDrained(f"{_count(stack, IN_DOUBT)} of {rows} are still in doubt")
        time.sleep(LOOK_EVERY)
    return time.monotonic() - began


def _count(stack: BenchStack, query: str) -> int:
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0
