"""An entitlement claimed or declined: in the app, with a letter's code, or by the office at its counter."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from regions.models import Membership, Region, Resident, Role, User
from vouchers.errors import CodeMistyped, CodeRefused, NotClaimable
from vouchers.grants.codes import hashes_of, is_well_formed, tidy
from vouchers.grants.guesses import count_guess
from vouchers.grants.running import issue_entitlements
from vouchers.models import Entitlement, EntitlementState, GrantEvent, GrantEventKind
from vouchers.models.grants import EntitlementQuerySet


@dataclass(frozen=True, slots=True)
class Typed:
    """A code as somebody typed it, from a network address; `birth_on` from who is on no list with this sign-in."""

    region: Region
    user: User
    address: str
    code: str
    birth_on: date | None = None


def open_to(resident: Resident, *, now: datetime) -> EntitlementQuerySet:
    """What the resident can claim now."""
    today = timezone.localtime(now, resident.region.tz).date()
    mine = Entitlement.objects.filter(resident=resident, state=EntitlementState.OFFERED, expires_at__gt=now)
    return mine.filter(Q(claim_until_on__isnull=True) | Q(claim_until_on__gte=today))


def claim(
    entitlement_id: UUID,
    *,
    resident: Resident,
    by: User,
    kind: GrantEventKind = GrantEventKind.CLAIMED,
    now: datetime | None = None,
) -> Entitlement:
    """Turn what the resident was offered into a voucher, once. Raise NotClaimable or BudgetExceeded."""
    at = now or timezone.now()
    with transaction.atomic():
        # Whoever claims it at the same moment waits here, and then finds it claimed.
        open_row = open_to(resident, now=at).filter(pk=entitlement_id)
        row: Entitlement | None = open_row.select_for_update(of=("self",)).first()
        if row is None:
            raise NotClaimable
        issue_entitlements([row], now=at)
        GrantEvent.objects.create(region_id=row.region_id, entitlement=row, kind=kind, by=by, at=at)
        return row


def decline(entitlement_id: UUID, *, resident: Resident, by: User, now: datetime | None = None) -> None:
    """Give up what the resident was offered. Raise NotClaimable."""
    at = now or timezone.now()
    with transaction.atomic():
        open_row = open_to(resident, now=at).filter(pk=entitlement_id)
        row: Entitlement | None = open_row.select_for_update(of=("self",)).first()
        if row is None:
            raise NotClaimable
        row.state, row.code_hash = EntitlementState.DECLINED, None
        row.save(update_fields=["state", "code_hash"])
        GrantEvent.objects.create(region_id=row.region_id, entitlement=row, kind=GrantEventKind.DECLINED, by=by, at=at)


def claim_by_code(typed: Typed, *, now: datetime | None = None) -> Entitlement:
    """Claim with the code of a letter, for the person whom the letter was sent to.

    Who stands on no list of the region with this sign-in is taken for that person if the date of birth is right,
    and stands on it from then on. Raise CodeMistyped for what can be no code (that counts as no guess),
    TooManyGuesses, or CodeRefused: one answer for whatever else is wrong.
    """
    at = now or timezone.now()
    code = tidy(typed.code)
    if not is_well_formed(code):
        raise CodeMistyped
    count_guess(region_id=typed.region.pk, user_id=typed.user.pk, address=typed.address, now=at)
    hashes = hashes_of(typed.region.pk, code)
    row = Entitlement.objects.in_region(typed.region).filter(code_hash__in=hashes).select_related("resident").first()
    if row is None:
        raise CodeRefused
    try:
        with transaction.atomic():
            _prove_person(row.resident, typed)
            return claim(row.pk, resident=row.resident, by=typed.user, kind=GrantEventKind.CLAIMED_BY_CODE, now=at)
    except NotClaimable as problem:
        raise CodeRefused from problem


def _prove_person(resident: Resident, typed: Typed) -> None:
    if resident.user_id == typed.user.pk:
        return
    is_listed = Resident.objects.in_region(typed.region).filter(user=typed.user).exists()
    if is_listed or resident.birth_on is None or resident.birth_on != typed.birth_on:
        raise CodeRefused
    try:
        with transaction.atomic():
            linked = Resident.objects.filter(pk=resident.pk, user__isnull=True).update(user=typed.user)
    except IntegrityError as problem:
        raise CodeRefused from problem
    if not linked:
        raise CodeRefused
    Membership.objects.get_or_create(user=typed.user, region=typed.region, role=Role.RESIDENT)


def lapse_due(*, now: datetime | None = None, limit: int = 1000) -> int:
    """End what was not claimed in time; return how many there were. Run again, it finds nothing."""
    at = now or timezone.now()
    today = timezone.localtime(at).date()
    late = Q(claim_until_on__lt=today) | Q(expires_at__lte=at)
    with transaction.atomic():
        offered = Entitlement.objects.filter(late, state=EntitlementState.OFFERED).order_by("pk")
        rows = list(offered.select_for_update(of=("self",), skip_locked=True)[:limit])
        ids = [row.pk for row in rows]
        Entitlement.objects.filter(pk__in=ids).update(state=EntitlementState.LAPSED, code_hash=None)
        GrantEvent.objects.bulk_create(
            GrantEvent(region_id=row.region_id, entitlement=row, kind=GrantEventKind.LAPSED, at=at) for row in rows
        )
    return len(rows)
