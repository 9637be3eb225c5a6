"""A grant stopped for a reason, what is left of it taken back; and an unclaimed one moved to another person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from regions.inbox import tell
from regions.models import Resident, User
from vouchers.errors import NotStoppable
from vouchers.models import (
    Entitlement,
    EntitlementState,
    GrantEvent,
    GrantEventKind,
    StopReason,
    Voucher,
)
from vouchers.spending import expire_rest


@dataclass(frozen=True, slots=True)
class Stop:
    """Who stops it and why; `note` is for the office."""

    by: User
    reason: StopReason
    note: str = ""


@transaction.atomic
def stop(entitlement_id: UUID, asked: Stop, *, now: datetime | None = None) -> int:
    """Stop an entitlement and take back what is left of its voucher; return the yen taken back.

    Nothing goes below zero: what was spent stays spent, and what a payment holds at this moment is taken back
    only if that payment comes to nothing. The notary closes the voucher, and the same list grants nothing
    again. Raise NotStoppable, with nothing changed.
    """
    at = now or timezone.now()
    row = _lock(entitlement_id, EntitlementState.OFFERED, EntitlementState.ISSUED)
    taken = _take_back(row.voucher_id, at) if row.voucher_id else 0
    row.state, row.stop_reason, row.code_hash = EntitlementState.STOPPED, asked.reason, None
    row.save(update_fields=["state", "stop_reason", "code_hash"])
    note = f"{asked.reason.label} {asked.note}".strip()
    _write(row, GrantEventKind.STOPPED, by=asked.by, note=note, at=at)
    params = {"programme": row.programme.name, "amount": taken or row.amount}
    tell(resident=row.resident, kind="grant-stopped", key=str(row.pk), params=params, now=at)
    return taken


def _take_back(voucher_id: UUID, at: datetime) -> int:
    voucher: Voucher = (
        Voucher.objects.select_for_update(of=("self",), no_key=True).select_related("ticket_type").get(pk=voucher_id)
    )
    # It ends now; a period of use that has not begun is left the shortest length there is.
    ends_at = max(min(voucher.expires_at, at), voucher.usable_from_at + timedelta(microseconds=1))
    voucher.stopped_at = at
    Voucher.objects.filter(pk=voucher_id).update(stopped_at=at, expires_at=ends_at, close_after=at)
    taken = voucher.available
    expire_rest([voucher], at=at)
    return taken


@transaction.atomic
def leave_as_it_is(entitlement_id: UUID, *, by: User, note: str, now: datetime | None = None) -> None:
    """Decide that somebody who has left keeps the grant. Raise NotStoppable."""
    row = _lock(entitlement_id, EntitlementState.OFFERED, EntitlementState.ISSUED)
    row.kept_at = now or timezone.now()
    row.save(update_fields=["kept_at"])
    _write(row, GrantEventKind.KEPT, by=by, note=note, at=row.kept_at)


@transaction.atomic
def move_to(entitlement_id: UUID, resident: Resident, *, by: User, note: str, now: datetime | None = None) -> None:
    """Give an unclaimed entitlement to another person of the region, as when a child's guardian changes.

    A letter that is under way opens nothing any more. Raise NotStoppable.
    """
    row = _lock(entitlement_id, EntitlementState.OFFERED)
    if resident.region_id != row.region_id:
        raise NotStoppable
    before, row.resident, row.code_hash, row.printed_at = row.resident, resident, None, None
    row.save(update_fields=["resident", "code_hash", "printed_at"])
    words = f"{before.resident_no} → {resident.resident_no} {note}".strip()
    _write(row, GrantEventKind.MOVED, by=by, note=words, at=now or timezone.now())


def _lock(entitlement_id: UUID, *states: EntitlementState) -> Entitlement:
    rows = Entitlement.objects.filter(pk=entitlement_id, state__in=states)
    row: Entitlement | None = rows.select_related("resident__user", "programme").select_for_update(of=("self",)).first()
    if row is None:
        raise NotStoppable
    return row


def _write(row: Entitlement, kind: GrantEventKind, *, by: User, note: str, at: datetime) -> None:
    GrantEvent.objects.create(region_id=row.region_id, entitlement=row, kind=kind, by=by, note=note[:400], at=at)
