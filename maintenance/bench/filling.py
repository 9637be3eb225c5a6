"""Tables filled with millions of rows by SQL, and made ready for whoever measures afterwards."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import psycopg

from maintenance.bench.load import decide
from maintenance.bench.processes import frozen
from maintenance.bench.stack import BenchStack

# What the measured shop and the measured resident have of their own, however large the table is.
OF_SHOP, OF_RESIDENT = 2_000, 200
DECISIONS_PER_BATCH = 100
# Past what a notary decides by itself while it is filled.
FIRST_POSITION = 1_000_000
# Rows come in the order of their time, spread over a year, each at the next wallet's and the next till's turn.
PLACES = (
    """
    CREATE TEMPORARY TABLE wallet AS
    SELECT row_number() OVER (ORDER BY resident_no) - 1 AS turn, wallet.id, wallet.region_id AS region
    FROM vouchers_wallet AS wallet JOIN regions_resident AS resident ON resident.id = wallet.resident_id
    """,
    "ALTER TABLE wallet ADD PRIMARY KEY (turn)",
    """
    CREATE TEMPORARY TABLE till AS
    SELECT row_number() OVER (ORDER BY store_no) - 1 AS turn, till.id, till.store_id AS store
    FROM merchants_till AS till JOIN merchants_store AS store ON store.id = till.store_id
    """,
    "ALTER TABLE till ADD PRIMARY KEY (turn)",
    "ANALYZE wallet",
    "ANALYZE till",
)
PAYMENTS = """
    INSERT INTO payments_payment (id, region_id, wallet_id, store_id, till_id, amount, refunded, status,
        idempotency_key, request_hash, authorised_at, valid_until, attempts, decided_at, decline_reason, log_position,
        receipt)
    SELECT uuidv7((at - now())::interval), wallet.region, wallet.id, till.store, till.id, 10 + number %% 5000, 0,
           'completed', 'filled-' || number, repeat('0', 64), at, at + interval '10 s', 1, at, '', number + 1,
           '{"leaf": {"outcome": "committed"}}'
    FROM (
        SELECT number, now() - interval '1 day' - (%(rows)s - number) * (interval '364 days' / %(rows)s) AS at,
               CASE WHEN number %% %(resident_every)s = 0 THEN 0
                    ELSE 1 + number %% ((SELECT count(*) FROM wallet) - 1) END AS payer,
               CASE WHEN number %% %(shop_every)s = 1 THEN 0
                    ELSE 1 + number %% ((SELECT count(*) FROM till) - 1) END AS place
        FROM generate_series(%(first)s::bigint, %(last)s) AS number
    ) AS made JOIN wallet ON wallet.turn = payer JOIN till ON till.turn = place
"""
# As long as a decision's leaf and a batch's header are; nobody reads them, so that none is signed.
DECISIONS = """
    INSERT INTO notary_decision (position, batch, platform, request_id, leaf)
    SELECT %(past)s + nth, %(past)s + 1 + (nth - 1) / %(batch)s, 'hansatsu', uuidv7(),
           '{"outcome": "committed", "padding": "' || repeat('0', 250) || '"}'
    FROM generate_series(%(first)s::bigint, %(last)s) AS nth
"""
BATCHES = """
    INSERT INTO notary_batch (number, first_position, count, header, signature, leaves)
    SELECT %(past)s + nth, %(past)s + 1 + (nth - 1) * %(batch)s, %(batch)s, repeat('0', 400), repeat('0', 88),
           convert_to(repeat('0', 32 * %(batch)s), 'UTF8')
    FROM generate_series(1, %(rows)s / %(batch)s) AS nth
"""
HEAD = "UPDATE notary_head SET number = %(past)s + %(rows)s / %(batch)s, position = %(past)s + %(rows)s"
LAST = "SELECT position, request_id FROM notary_decision ORDER BY position DESC LIMIT 1"
READ_ON = """
    INSERT INTO payments_logcursor (cluster_id, position, last_position, last_id, read_at, compare_after)
    SELECT id, %(position)s, %(position)s, %(last)s, now(), now() + interval '1 day' FROM regions_notarycluster
    ON CONFLICT (cluster_id) DO UPDATE SET position = excluded.position, last_position = excluded.last_position,
        last_id = excluded.last_id, compare_after = excluded.compare_after
"""
# Each as what takes it away and what brings it back. Primary keys stay: what is written comes in their order.
INDEXES = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype = 'u'
    UNION ALL
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = %(table)s::regclass AND NOT indisunique
"""
# Millions of rows are no reason to write every page twice.
ROOM_FOR_WAL = ("ALTER SYSTEM SET max_wal_size = '16GB'", "SELECT pg_reload_conf()")
USUAL_WAL = ("CHECKPOINT", "ALTER SYSTEM RESET max_wal_size", "SELECT pg_reload_conf()")
WRITTEN_AT_ONCE = 500_000


def fill_payments(stack: BenchStack, rows: int) -> None:
    """So many completed payments: the first wallet has OF_RESIDENT, the first shop OF_SHOP, the others the rest."""
    with psycopg.connect(stack.superuser_database_url, autocommit=True) as connection:
        _run(connection, PLACES)
        own = {"rows": rows, "resident_every": max(1, rows // OF_RESIDENT), "shop_every": max(2, rows // OF_SHOP)}
        _fill(connection, "payments_payment", PAYMENTS, own, rows)
        connection.execute("VACUUM ANALYZE payments_payment")


def fill_decisions(stack: BenchStack, rows: int) -> None:
    """So many decisions at the notary, in batches of 100; it goes on after them, and the platform reads on there."""
    url = stack.superuser_url(urlsplit(stack.notary_database_url).path.strip("/"))
    own = {"rows": rows, "batch": DECISIONS_PER_BATCH, "past": FIRST_POSITION}
    with psycopg.connect(url, autocommit=True) as notary:
        _fill(notary, "notary_decision", DECISIONS, own, rows)
        notary.execute(BATCHES, own)
        notary.execute("VACUUM ANALYZE")
        # The resolver follows the log, and would read what nobody has signed.
        with frozen(stack.pids["resolver"]):
            notary.execute(HEAD, own)
            decide(stack, batch=1, clients=1, seconds=0.05)
            position, last = notary.execute(LAST).fetchone() or (0, None)
            with psycopg.connect(stack.superuser_database_url) as platform:
                platform.execute(READ_ON, {"position": position, "last": last})
            # It remembers how far it had read, and would write that over what is true now.
            stack.restart("resolver")


def _fill(connection: psycopg.Connection, table: str, insert: str, own: dict[str, int], rows: int) -> None:
    """Insert in portions without the table's indexes and triggers, and build the indexes afterwards."""
    indexes = connection.execute(INDEXES, {"table": table}).fetchall()
    portions = range(1, rows + 1, WRITTEN_AT_ONCE)
    _run(connection, ROOM_FOR_WAL)
    _run(connection, ("SET session_replication_role = replica", "SET maintenance_work_mem = '1GB'"))
    _run(connection, [taken for taken, _brought in indexes])
    for first in portions:
        last = min(first + WRITTEN_AT_ONCE - 1, rows)
        connection.execute(insert.encode(), {**own, "first": first, "last": last})
    _run(connection, [brought for _taken, brought in indexes])
    _run(connection, USUAL_WAL)


def _run(connection: psycopg.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.execute(statement.encode())
