"""Value set aside, spent, released and given back: the only writers of `held` and `spent`.

Everything here runs inside the caller's transaction. Vouchers are locked in the order of their
ids, whoever asks, so that two payments cannot wait for each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from notary.client.values import MAX_ALLOCATIONS
from regions.ids import new_id
from regions.prepared import fetch, run
from vouchers.errors import InsufficientBalance
from vouchers.models import EntryKind, Voucher


@dataclass(frozen=True, slots=True)
class Draw:
    """Yen that a payment takes from one voucher."""

    voucher_id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Movement:
    """Yen of one voucher, moved by `source` (a payment's or refund's id) at an aware datetime."""

    region_id: UUID
    voucher_id: UUID
    amount: int
    source: UUID
    at: datetime


def plan_draws(available: Iterable[tuple[UUID, int]], amount: int) -> list[Draw]:
    """Take `amount` from vouchers in the order given, each emptied before the next is begun.

    Raise InsufficientBalance if all of them together do not cover it.
    """
    draws: list[Draw] = []
    missing = amount
    total = 0
    for voucher_id, yen in available:
        total += yen
        if missing:
            draws.append(Draw(voucher_id, min(yen, missing)))
            missing -= draws[-1].amount
    if missing:
        raise InsufficientBalance(available=total)
    return draws


# Locks are taken by id, value is drawn in spending order: earliest expiry, then the most restricted, then the
# larger (as `VoucherQuerySet.in_spending_order`), no more vouchers than the notary takes in one transaction.
# A voucher that had to be waited for counts with what is left of it now. Nothing is drawn unless all is.
HOLD = """
    WITH locked AS (
        SELECT voucher.id, voucher.expires_at, ticket_type.restriction,
            voucher.face - voucher.spent - voucher.held - voucher.expired AS available
        FROM vouchers_voucher AS voucher JOIN vouchers_tickettype AS ticket_type ON ticket_type.id = ticket_type_id
        WHERE voucher.wallet_id = %(wallet)s AND voucher.ticket_type_id = ANY(%(ticket_types)s)
          AND voucher.registered_at IS NOT NULL AND voucher.usable_from_at <= %(at)s AND voucher.expires_at > %(at)s
          AND voucher.face > voucher.spent + voucher.held + voucher.expired
        ORDER BY voucher.id FOR NO KEY UPDATE OF voucher
    ), placed AS (
        SELECT id, available, sum(available) OVER spending - available AS before, row_number() OVER spending AS place
        FROM locked WINDOW spending AS (ORDER BY expires_at, restriction DESC, available DESC, id)
    ), usable AS (
        SELECT * FROM placed WHERE place <= %(most)s
    ), total AS (
        SELECT coalesce(sum(available), 0) AS yen FROM usable
    ), drawn AS (
        SELECT id, place, least(available, %(amount)s - before)::int AS amount
        FROM usable, total WHERE total.yen >= %(amount)s AND before < %(amount)s
    ), held AS (
        UPDATE vouchers_voucher AS voucher SET held = voucher.held + drawn.amount FROM drawn WHERE voucher.id = drawn.id
    )
    SELECT drawn.id, drawn.amount, total.yen FROM total LEFT JOIN drawn ON true ORDER BY place
"""


def hold(*, wallet_id: UUID, ticket_type_ids: Sequence[UUID], amount: int, at: datetime) -> list[Draw]:
    """Set `amount` aside on the wallet's vouchers of these ticket types, in spending order.

    Raise InsufficientBalance, with nothing held, if they do not cover it.
    """
    wanted = {"wallet": wallet_id, "ticket_types": list(ticket_type_ids), "amount": amount, "at": at}
    rows = fetch(HOLD, {**wanted, "most": MAX_ALLOCATIONS})
    if rows[0][0] is None:
        raise InsufficientBalance(available=int(rows[0][2]))
    return [Draw(voucher_id, yen) for voucher_id, yen, _total in rows]


def spend(movements: Sequence[Movement]) -> None:
    """Turn held value into spent value, with a ledger entry each."""
    _move(movements, "held = voucher.held - moved.amount, spent = voucher.spent + moved.amount")
    _enter(movements, EntryKind.SPEND, sign=-1)


def release(movements: Sequence[Movement]) -> None:
    """Put held value back; nothing was spent, so the ledger has nothing to say."""
    _move(movements, "held = voucher.held - moved.amount")


def give_back(movements: Sequence[Movement]) -> None:
    """Return spent value to the vouchers it came from (a refund), with a ledger entry each."""
    _move(movements, "spent = voucher.spent - moved.amount")
    _enter(movements, EntryKind.REFUND, sign=1)


def take_back(movements: Sequence[Movement]) -> None:
    """Release held value that the notary had spent and reversed again; both entries stay visible."""
    _move(movements, "held = voucher.held - moved.amount")
    _enter(movements, EntryKind.SPEND, sign=-1)
    _enter(movements, EntryKind.REVERSAL, sign=1)


def available_by_ticket_type(*, wallet_id: UUID, at: datetime) -> dict[UUID, int]:
    """Yen that could be spent now, by ticket type id."""
    sums: dict[UUID, int] = {}
    for voucher in Voucher.objects.filter(wallet_id=wallet_id).spendable(at=at):
        sums[voucher.ticket_type_id] = sums.get(voucher.ticket_type_id, 0) + voucher.available
    return sums


@transaction.atomic
def expire_due(*, at: datetime | None = None, limit: int = 1000) -> int:
    """Expire what is left of vouchers past their date; held value stays until its payment is decided.

    Return how many vouchers were touched. Run again, it finds nothing: what has expired is counted.
    """
    at = at or timezone.now()
    due = Voucher.objects.filter(expires_at__lte=at, face__gt=F("spent") + F("held") + F("expired"))
    locked = due.select_related("ticket_type__programme").order_by("pk")
    vouchers = list(locked.select_for_update(of=("self",), skip_locked=True, no_key=True)[:limit])
    expire_rest(vouchers, at=at)
    # The notary must still know it while a refund can make it usable again.
    for days, group in _by_grace(vouchers).items():
        begun = Coalesce("first_expires_at", "expires_at")
        ids = [voucher.pk for voucher in group]
        Voucher.objects.filter(pk__in=ids, close_after__isnull=True).update(close_after=begun + timedelta(days=days))
    return len(vouchers)


def expire_rest(vouchers: Sequence[Voucher], *, at: datetime) -> None:
    """Expire what is left of these locked vouchers, with a ledger entry each; held value stays.

    What was left of a voucher that the office has stopped is entered as taken back.
    """
    left = [voucher for voucher in vouchers if voucher.available > 0]
    movements = {v.pk: Movement(v.region_id, v.pk, v.available, new_id(), at) for v in left}
    _move([*movements.values()], "expired = voucher.expired + moved.amount")
    for kind, is_stopped in ((EntryKind.EXPIRE, False), (EntryKind.STOP, True)):
        _enter([movements[v.pk] for v in left if (v.stopped_at is not None) is is_stopped], kind, sign=-1)


def _by_grace(vouchers: Sequence[Voucher]) -> dict[int, list[Voucher]]:
    groups: dict[int, list[Voucher]] = {}
    for voucher in vouchers:
        groups.setdefault(voucher.ticket_type.programme.refund_grace_days, []).append(voucher)
    return groups


# One statement for all vouchers; the table's constraints refuse what would overdraw any.
MOVE = """
    WITH moved AS (
        SELECT id, sum(yen)::int AS amount FROM unnest(%(vouchers)s::uuid[], %(amounts)s::int[]) AS movement(id, yen)
        GROUP BY id
    ), locked AS (
        SELECT id FROM vouchers_voucher WHERE id IN (SELECT id FROM moved) ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE vouchers_voucher AS voucher SET {change} FROM moved JOIN locked USING (id) WHERE voucher.id = moved.id
"""
ENTER = """
    INSERT INTO vouchers_ledgerentry (id, region_id, voucher_id, kind, amount, source, at, written_at)
    SELECT id, region, voucher, %(kind)s, amount, source, at, %(now)s
    FROM unnest(%(ids)s::uuid[], %(regions)s::uuid[], %(vouchers)s::uuid[], %(amounts)s::int[], %(sources)s::uuid[],
                %(times)s::timestamptz[]) AS entry(id, region, voucher, amount, source, at)
"""


def _move(movements: Sequence[Movement], change: str) -> None:
    if movements:
        amounts = [movement.amount for movement in movements]
        run(MOVE.format(change=change), {"vouchers": [m.voucher_id for m in movements], "amounts": amounts})


def _enter(movements: Sequence[Movement], kind: EntryKind, *, sign: int) -> None:
    if movements:
        run(
            ENTER,
            {
                "kind": str(kind),
                "now": timezone.now(),
                "ids": [new_id() for _ in movements],
                "regions": [movement.region_id for movement in movements],
                "vouchers": [movement.voucher_id for movement in movements],
                "amounts": [sign * movement.amount for movement in movements],
                "sources": [movement.source for movement in movements],
                "times": [movement.at for movement in movements],
            },
        )
