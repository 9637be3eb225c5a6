"""The books in PostgreSQL: one batch is one database transaction behind one lock."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connections, transaction

from notary.client.merkle import canonical
from notary.client.values import BucketSums, SignedBatch
from notary.errors import DatabaseAway
from notary.rules import Account, Books, Decision, Head, Wanted
from notary.sealing import EMPTY_LOG, SealedBatch, split_leaves

Rows = list[tuple[Any, ...]]

LOCK_HEAD = "SELECT number, position, hash FROM notary_head WHERE id = 1 FOR UPDATE"
CREATE_HEAD = """
    INSERT INTO notary_head (id, number, position, hash) VALUES (1, %s, %s, %s) ON CONFLICT DO NOTHING
"""
# One row whatever is found, as JSON: a batch's hundreds of small values are parsed in one go.
READ_BOOKS = """
    SELECT
      clock_timestamp(),
      (SELECT coalesce(json_agg(json_build_array(voucher, face, spent, is_closed)), '[]')::text
         FROM notary_account WHERE platform = %s AND voucher = ANY(%s::uuid[])),
      (SELECT coalesce(json_agg(json_build_array(leaf::json, batch)), '[]')::text
         FROM notary_decision
        WHERE platform = %s AND (request_id = ANY(%s::uuid[]) OR transaction = ANY(%s::uuid[])))
"""
# The leaves come as lines; what a decision is found by is taken from the very text that was signed.
WRITE_BATCH = """
    WITH link AS (
      INSERT INTO notary_batch (number, first_position, count, header, signature, leaves)
      VALUES (%s, %s, %s, %s, %s, %s)
      RETURNING number, first_position
    ), added AS (
      INSERT INTO notary_decision (position, batch, platform, request_id, transaction, leaf)
      SELECT link.first_position + line.number - 1, link.number, %s::text,
             (line.leaf::json ->> 'id')::uuid, (line.leaf::json ->> 'transaction')::uuid, line.leaf
      FROM link, string_to_table(%s::text, E'\n') WITH ORDINALITY AS line(leaf, number)
    ), touched AS (
      INSERT INTO notary_account (platform, voucher, face, spent, is_closed)
      SELECT %s::text, account.voucher, account.face, account.spent, account.is_closed
      FROM json_to_recordset(%s::json) AS account(voucher uuid, face bigint, spent bigint, is_closed boolean)
      ON CONFLICT (platform, voucher) DO UPDATE SET spent = excluded.spent, is_closed = excluded.is_closed
    )
    UPDATE notary_head SET number = %s, position = %s, hash = %s WHERE id = 1
"""
READ_LOG = """
    SELECT leaf, batch FROM notary_decision
    WHERE platform = %s AND position > %s AND position <= %s ORDER BY position LIMIT %s
"""
READ_BATCHES = "SELECT header, signature, leaves FROM notary_batch"

SUM_LOG = """
    SELECT (position - 1) / %s,
           count(*) FILTER (WHERE outcome = 'committed'), coalesce(sum(yen) FILTER (WHERE outcome = 'committed'), 0),
           count(*) FILTER (WHERE outcome = 'reversed'), coalesce(sum(yen) FILTER (WHERE outcome = 'reversed'), 0)
    FROM (
      SELECT position, leaf::json ->> 'outcome' AS outcome,
             (SELECT sum((allocation ->> 'amount')::bigint)
                FROM json_array_elements(leaf::json -> 'allocations') AS allocation) AS yen
      FROM notary_decision WHERE platform = %s AND position > %s AND position <= %s
    ) AS decision
    WHERE outcome IN ('committed', 'reversed')
    GROUP BY 1 ORDER BY 1
"""


class PostgresStore:
    """`using` is the alias of the database. Transactions are READ COMMITTED, as they are by default."""

    def __init__(self, using: str = "default") -> None:
        self._using = using

    @contextmanager
    def turn(self, platform: str, wanted: Wanted) -> Iterator["PostgresTurn"]:
        # Durable: an answer that a surrounding transaction could still undo would be a lie.
        with _reachable(), transaction.atomic(using=self._using, durable=True):
            yield PostgresTurn(self, self._books(platform, wanted))

    def decision(self, platform: str, id: UUID) -> Decision | None:
        found = self.read(
            "SELECT leaf, batch FROM notary_decision WHERE platform = %s AND request_id = %s", [platform, id]
        )
        return _decision(*found[0]) if found else None

    def log(self, platform: str, after: int, limit: int) -> tuple[list[Decision], int]:
        # The end first: what commits between the two reads lies past it and is left for the next page.
        ends = self.read("SELECT position FROM notary_head WHERE id = 1", [])
        head = ends[0][0] if ends else 0
        return [_decision(*row) for row in self.read(READ_LOG, [platform, after, head, limit])], head

    def sums(self, platform: str, after: int, until: int, width: int) -> list[BucketSums]:
        return [BucketSums(*map(int, row)) for row in self.read(SUM_LOG, [width, platform, after, until])]

    def batches(self, numbers: Collection[int]) -> dict[int, SealedBatch]:
        found = self.read(f"{READ_BATCHES} WHERE number = ANY(%s::bigint[])", [list(numbers)])
        return {batch.head.number: batch for batch in (_batch(*row) for row in found)}

    def chain(self, after: int, limit: int) -> list[SealedBatch]:
        found = self.read(f"{READ_BATCHES} WHERE number > %s ORDER BY number LIMIT %s", [after, limit])
        return [_batch(*row) for row in found]

    def last_batch(self) -> SealedBatch | None:
        found = self.read(f"{READ_BATCHES} ORDER BY number DESC LIMIT 1", [])
        return _batch(*found[0]) if found else None

    def check(self) -> None:
        self.read("SELECT 1 FROM notary_head", [])

    def read(self, sql: str, parameters: list[Any]) -> Rows:
        with _reachable(), connections[self._using].cursor() as cursor:
            cursor.execute(sql, parameters)
            rows: Rows = cursor.fetchall()
            return rows

    def write(self, sql: str, parameters: list[Any]) -> None:
        with connections[self._using].cursor() as cursor:
            cursor.execute(sql, parameters)

    def _books(self, platform: str, wanted: Wanted) -> Books:
        # The lock comes first, so that batches stand in one line: positions have no gaps and become
        # visible in their own order. A sequence hands out numbers before commit: a reader could
        # see 8, move its cursor past it and never learn of 7, which commits later or not at all.
        head = self._locked_head()
        # The clock is read by a statement after the lock: beside FOR UPDATE it would be read before the wait.
        vouchers, ids, transactions = map(_array, (wanted.vouchers, wanted.ids, wanted.transactions))
        [(now, accounts, found)] = self.read(READ_BOOKS, [platform, vouchers, platform, ids, transactions])
        decisions = (Decision.from_leaf(leaf, batch) for leaf, batch in json.loads(found))
        return Books(
            platform=platform,
            head=head,
            now=now,
            accounts={UUID(voucher): Account(*account) for voucher, *account in json.loads(accounts)},
            decisions={decision.request.id: decision for decision in decisions},
        )

    def _locked_head(self) -> Head:
        rows = self.read(LOCK_HEAD, [])
        if not rows:
            self.write(CREATE_HEAD, [EMPTY_LOG.number, EMPTY_LOG.position, EMPTY_LOG.hash])
            rows = self.read(LOCK_HEAD, [])
        return Head(*rows[0])


class PostgresTurn:
    """A turn inside an open transaction that holds the head's lock."""

    def __init__(self, store: PostgresStore, books: Books) -> None:
        self.books = books
        self._store = store

    def record(self, sealed: SealedBatch) -> None:
        books, header, head = self.books, sealed.signed.header, sealed.head
        link = (head.number, header["first"], header["count"], canonical(header).decode(), sealed.signed.signature)
        lines = b"\n".join(decision.leaf_bytes for decision in books.added).decode()
        accounts = [_account_to_wire(voucher, books.accounts[voucher]) for voucher in books.touched]
        added = (b"".join(sealed.leaves), books.platform, lines, books.platform, json.dumps(accounts))
        self._store.write(WRITE_BATCH, [*link, *added, head.number, head.position, head.hash])


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as away:
        raise DatabaseAway("the notary's database does not answer") from away


def _account_to_wire(voucher: UUID, account: Account) -> dict[str, Any]:
    return {
        "voucher": str(voucher),
        "face": account.face,
        "spent": account.spent,
        "is_closed": account.is_closed,
    }


def _array(ids: Collection[UUID]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


def _decision(leaf: str, batch: int) -> Decision:
    return Decision.from_leaf(json.loads(leaf), batch)


def _batch(header: str, signature: str, leaves: bytes) -> SealedBatch:
    parsed = json.loads(header)
    return SealedBatch(SignedBatch(parsed, signature, parsed["key_id"]), split_leaves(bytes(leaves)))
