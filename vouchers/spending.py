"""Value set aside, spent, released and given back: the only writers of `held` and `spent`.

Everything here runs inside the caller's transaction. Vouchers are locked in the order of their
ids, whoever asks, so that two payments cannot wait for each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from notary.client.values import MAX_ALLOCATIONS
from regions.ids import new_id
from vouchers.errors import InsufficientBalance
from vouchers.models import EntryKind, LedgerEntry, Voucher


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


def hold(*, wallet_id: UUID, ticket_type_ids: Sequence[UUID], amount: int, at: datetime) -> list[Draw]:
    """Set `amount` aside on the wallet's vouchers of these ticket types, in spending order.

    Raise InsufficientBalance, with nothing held, if they do not cover it.
    """
    good = Voucher.objects.filter(wallet_id=wallet_id, ticket_type_id__in=ticket_type_ids).spendable(at=at)
    locked = good.select_related("ticket_type").order_by("pk").select_for_update(of=("self",), no_key=True)
    # Ordered twice: locks are taken by id, value is drawn in spending order.
    # No more of them than the notary takes in one transaction.
    in_order = sorted(locked, key=spending_order)[:MAX_ALLOCATIONS]
    draws = plan_draws(((voucher.pk, voucher.available) for voucher in in_order), amount)
    _move(draws, "held = voucher.held + moved.amount")
    return draws


def spending_order(voucher: Voucher) -> tuple[datetime, int, int, UUID]:
    """Earliest expiry, then the most restricted, then the larger: as `VoucherQuerySet.in_spending_order`."""
    return voucher.expires_at, -voucher.ticket_type.restriction, -voucher.available, voucher.pk


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
    locked = list(due.order_by("pk").select_for_update(skip_locked=True, no_key=True)[:limit])
    movements = [Movement(v.region_id, v.pk, v.available, new_id(), at) for v in locked]
    _move(movements, "expired = voucher.expired + moved.amount")
    _enter(movements, EntryKind.EXPIRE, sign=-1)
    Voucher.objects.filter(pk__in=[v.pk for v in locked], close_after__isnull=True).update(close_after=at)
    return len(locked)


def _move(amounts: Sequence[Draw] | Sequence[Movement], change: str) -> None:
    """One statement for all vouchers; the table's constraints refuse what would overdraw any."""
    if not amounts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH moved AS (
                SELECT id, sum(yen)::int AS amount
                FROM unnest(%s::uuid[], %s::int[]) AS movement(id, yen)
                GROUP BY id
            ), locked AS (
                SELECT id FROM vouchers_voucher WHERE id IN (SELECT id FROM moved)
                ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE vouchers_voucher AS voucher SET {change}
            FROM moved JOIN locked USING (id)
            WHERE voucher.id = moved.id
            """,  # noqa: S608 `change` is one of the constants above
            [[a.voucher_id for a in amounts], [a.amount for a in amounts]],
        )


def _enter(movements: Sequence[Movement], kind: EntryKind, *, sign: int) -> None:
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            region_id=m.region_id,
            voucher_id=m.voucher_id,
            kind=kind,
            amount=sign * m.amount,
            source=m.source,
            at=m.at,
        )
        for m in movements
    )
