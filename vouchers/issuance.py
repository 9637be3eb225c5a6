"""Vouchers given, not sold: a grant puts value of one ticket type into a resident's wallet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from regions.ids import new_id
from regions.models import Region, Resident
from vouchers.models import EntryKind, LedgerEntry, TicketType, Voucher, Wallet


@dataclass(frozen=True, slots=True)
class Grant:
    """One voucher to be issued: yen of a ticket type for a resident, until an aware datetime.

    Two grants of a region cannot have the same key.
    """

    resident_id: UUID
    ticket_type: TicketType
    amount: int
    expires_at: datetime
    reason: str
    key: str | None = None


@transaction.atomic
def issue_grants(*, region: Region, grants: Sequence[Grant], at: datetime | None = None) -> list[Voucher]:
    """Issue all of the grants; each voucher can be spent as soon as the notary knows it."""
    issued_at = at or timezone.now()
    wallets = open_wallets(region=region, resident_ids=[grant.resident_id for grant in grants])
    vouchers = Voucher.objects.bulk_create(
        Voucher(
            region=region,
            wallet_id=wallets[grant.resident_id],
            ticket_type=grant.ticket_type,
            face=grant.amount,
            usable_from_at=grant.ticket_type.good_from_at,
            expires_at=grant.expires_at,
            issued_at=issued_at,
            register_after=issued_at,
            reason=grant.reason,
            grant_key=grant.key,
        )
        for grant in grants
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(region=region, voucher=v, kind=EntryKind.ISSUE, amount=v.face, source=v.pk, at=issued_at)
        for v in vouchers
    )
    return vouchers


def open_wallets(*, region: Region, resident_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The wallet id of each resident of the region, made where there is none. Idempotent."""
    residents = Resident.objects.in_region(region).filter(pk__in=resident_ids)
    Wallet.objects.bulk_create(
        (Wallet(id=new_id(), region=region, resident=resident) for resident in residents), ignore_conflicts=True
    )
    return dict(Wallet.objects.in_region(region).filter(resident_id__in=resident_ids).values_list("resident_id", "pk"))
