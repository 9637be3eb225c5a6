"""The one place where value begins: vouchers, their funding, the budget and the ledger in one transaction."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from regions.ids import new_id
from regions.models import Region, Resident
from vouchers.budget import commit_budget
from vouchers.funding import fund
from vouchers.models import (
    EntryKind,
    FundingShare,
    FundingSource,
    LedgerEntry,
    TicketType,
    Voucher,
    VoucherFunding,
    Wallet,
)
from vouchers.registration import wake_registration


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One voucher to be issued: `amount` yen of a ticket type, `price_part` of them paid by the resident.

    The times are aware. Two lines of a region cannot have the same key; a line without one is always new.
    """

    resident_id: UUID
    ticket_type: TicketType
    amount: int
    price_part: int
    usable_from_at: datetime
    expires_at: datetime
    reason: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One voucher to be given: yen of a ticket type for a resident, until an aware datetime.

    Two grants of a region cannot have the same key.
    """

    resident_id: UUID
    ticket_type: TicketType
    amount: int
    expires_at: datetime
    reason: str
    key: str | None = None


def issue_grants(*, region: Region, grants: Sequence[Grant], at: datetime | None = None) -> list[Voucher]:
    """Issue all of the grants, paid by nobody who gets them; see `issue`."""
    return issue(
        region,
        [
            IssueLine(
                resident_id=grant.resident_id,
                ticket_type=grant.ticket_type,
                amount=grant.amount,
                price_part=0,
                usable_from_at=grant.ticket_type.good_from_at,
                expires_at=grant.expires_at,
                reason=grant.reason,
                key=grant.key,
            )
            for grant in grants
        ],
        at=at,
    )


@transaction.atomic
def issue(region: Region, lines: Sequence[IssueLine], *, at: datetime | None = None) -> list[Voucher]:
    """Issue a voucher for each line, all or none; return them in the order of the lines.

    Idempotent on the key: a line that was issued before stays as it is, whoever asks at the same moment.
    Each voucher can be spent as soon as the notary knows it, which a worker is nudged to see to after the
    commit. Raise BudgetExceeded, with nothing issued, ValueError for a price above the amount.
    """
    issued_at = at or timezone.now()
    drafts = _drafts(region, lines, issued_at)
    # Written in the order of the keys, so that two who issue the same list cannot wait for each other.
    ordered = sorted(drafts, key=lambda voucher: voucher.issue_key or "")
    Voucher.objects.bulk_create(ordered, ignore_conflicts=True)
    new_ids = set(Voucher.objects.filter(pk__in=[draft.pk for draft in drafts]).values_list("pk", flat=True))
    new = [(draft, line) for draft, line in zip(drafts, lines, strict=True) if draft.pk in new_ids]
    if new:
        _fund(region, new)
        LedgerEntry.objects.bulk_create(
            LedgerEntry(region=region, voucher=v, kind=EntryKind.ISSUE, amount=v.face, source=v.pk, at=issued_at)
            for v, _line in new
        )
        spent: Counter[UUID] = Counter()
        for _draft, line in new:
            spent[line.ticket_type.programme_id] += line.amount - line.price_part
        commit_budget(spent)
        transaction.on_commit(partial(wake_registration, region.notary_id), robust=True)
    return _in_order(region, drafts, new_ids)


def _drafts(region: Region, lines: Sequence[IssueLine], issued_at: datetime) -> list[Voucher]:
    wallets = open_wallets(region=region, resident_ids=[line.resident_id for line in lines])
    return [
        Voucher(
            region=region,
            wallet_id=wallets[line.resident_id],
            ticket_type=line.ticket_type,
            face=line.amount,
            usable_from_at=line.usable_from_at,
            expires_at=line.expires_at,
            issued_at=issued_at,
            register_after=issued_at,
            reason=line.reason,
            issue_key=line.key,
        )
        for line in lines
    ]


def _fund(region: Region, new: Iterable[tuple[Voucher, IssueLine]]) -> None:
    """Fix whose yen the vouchers are, as agreed at this moment; what changes later does not reach them."""
    new = list(new)
    shares = _shares({line.ticket_type.pk for _voucher, line in new})
    VoucherFunding.objects.bulk_create(
        VoucherFunding(region=region, voucher=voucher, source=source, amount=amount)
        for voucher, line in new
        for source, amount in fund(
            face=line.amount,
            price_part=line.price_part,
            resident=str(FundingSource.RESIDENT),
            shares=shares.get(line.ticket_type.pk, {str(FundingSource.CITY): 1}),
        ).items()
    )


def _shares(ticket_type_ids: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    found: dict[UUID, dict[str, int]] = {}
    for share in FundingShare.objects.filter(ticket_type_id__in=ticket_type_ids).order_by("source"):
        found.setdefault(share.ticket_type_id, {})[share.source] = share.share
    return found


def _in_order(region: Region, drafts: Sequence[Voucher], new_ids: set[UUID]) -> list[Voucher]:
    known_keys = [draft.issue_key for draft in drafts if draft.pk not in new_ids]
    if not known_keys:
        return list(drafts)
    known = {v.issue_key: v for v in Voucher.objects.in_region(region).filter(issue_key__in=known_keys)}
    return [draft if draft.pk in new_ids else known[draft.issue_key] for draft in drafts]


def open_wallets(*, region: Region, resident_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The wallet id of each resident of the region, made where there is none. Idempotent."""
    residents = Resident.objects.in_region(region).filter(pk__in=resident_ids)
    Wallet.objects.bulk_create(
        (Wallet(id=new_id(), region=region, resident=resident) for resident in residents), ignore_conflicts=True
    )
    return dict(Wallet.objects.in_region(region).filter(resident_id__in=resident_ids).values_list("resident_id", "pk"))
