"""Every yen from issue to return by whose it was, as the report on a subsidy asks for it (実績報告)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from vouchers.funding import split
from vouchers.models import Programme

# Vouchers alike in all that matters are counted and not listed: most are untouched, or empty.
ALIKE = """
    SELECT funding::text, spent, returned, expired, count(*) FROM (
        SELECT voucher.id,
            (SELECT jsonb_object_agg(source, amount) FROM vouchers_voucherfunding WHERE voucher_id = voucher.id)
                AS funding,
            coalesce(-sum(amount) FILTER (WHERE entry.kind = 'spend'), 0)::bigint AS spent,
            coalesce(sum(amount) FILTER (WHERE entry.kind IN ('refund', 'reversal')), 0)::bigint AS returned,
            coalesce(-sum(amount) FILTER (WHERE entry.kind = 'expire'), 0)::bigint AS expired
        FROM vouchers_voucher AS voucher
            JOIN vouchers_tickettype AS ticket_type ON ticket_type.id = voucher.ticket_type_id
            JOIN vouchers_ledgerentry AS entry ON entry.voucher_id = voucher.id
        WHERE ticket_type.programme_id = %s
        GROUP BY voucher.id
    ) AS one GROUP BY funding, spent, returned, expired
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """Yen of one source: issued = spent − returned + expired + left, and what is unused goes back to it."""

    issued: int = 0
    spent: int = 0
    returned: int = 0
    expired: int = 0

    @property
    def used(self) -> int:
        return self.spent - self.returned

    @property
    def left(self) -> int:
        return self.issued - self.used - self.expired

    def plus(self, other: "Moved", times: int) -> "Moved":
        return Moved(
            self.issued + other.issued * times,
            self.spent + other.spent * times,
            self.returned + other.returned * times,
            self.expired + other.expired * times,
        )


def share_out(funding: Mapping[str, int], *, spent: int, returned: int, expired: int) -> dict[str, Moved]:
    """One voucher's movements by source, to the yen.

    What is used is shared by the funding, what has expired by what is then left of each source, so that
    no source ever gives more than it paid; each rounded by largest remainder.
    """
    used = split(spent - returned, funding)
    given_back = split(returned, funding)
    gone = split(expired, {source: funding[source] - used[source] for source in funding})
    return {
        source: Moved(funding[source], used[source] + given_back[source], given_back[source], gone[source])
        for source in funding
    }


def moved_by_source(programme: Programme) -> dict[str, Moved]:
    """All of the programme's vouchers; every column adds up to the ledger's entries of its kind."""
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, [programme.pk])
        return _sum_up(cursor.fetchall())


def _sum_up(rows: Iterable[tuple[str, int, int, int, int]]) -> dict[str, Moved]:
    totals: dict[str, Moved] = {}
    for funding, spent, returned, expired, count in rows:
        for source, moved in share_out(json.loads(funding), spent=spent, returned=returned, expired=expired).items():
            totals[source] = totals.get(source, Moved()).plus(moved, count)
    return totals
