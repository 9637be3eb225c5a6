"""Limits per person and per household, in units and in yen, counted across every way in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import F

from regions.models import Resident
from vouchers.models import Order, Programme, Quota, Unit
from vouchers.order_errors import BeyondLimit


@dataclass(frozen=True, slots=True)
class Claim:
    """What one holder would have more of, and the most that it may have in all; none is no limit."""

    holder: str
    units: int
    yen: int
    units_limit: int | None = None
    yen_limit: int | None = None


def reserve(programme: Programme, resident: Resident, wanted: Mapping[Unit, int]) -> None:
    """Count the units towards every limit of the person and the household; raise BeyondLimit, with nothing counted.

    Part of the caller's transaction, which is undone if it raises.
    """
    claims = list(claims_of(programme, resident, wanted))
    Quota.objects.bulk_create(
        (Quota(region_id=programme.region_id, programme=programme, holder=claim.holder) for claim in claims),
        ignore_conflicts=True,
    )
    for claim in claims:
        _count(programme, claim)


def release(order: Order) -> None:
    """The order's units count no longer."""
    lines = list(order.lines.all())
    holders = [
        (_person(order.resident_id), sum(line.units for line in lines), order.amount),
        *((_of_kind(line.unit_id, order.resident_id), line.units, line.amount) for line in lines),
    ]
    if order.household_no:
        holders.append((_household(order.household_no), sum(line.units for line in lines), order.amount))
    for holder, units, yen in sorted(holders):
        Quota.objects.filter(programme=order.programme_id, holder=holder).update(
            units=F("units") - units, yen=F("yen") - yen
        )


def claims_of(programme: Programme, resident: Resident, wanted: Mapping[Unit, int]) -> Iterator[Claim]:
    """Every holder that the units count for, in the order in which their rows are locked."""
    units = sum(wanted.values())
    yen = sum(unit.price * count for unit, count in wanted.items())
    found = [
        Claim(_person(resident.pk), units, yen, programme.limit_units_per_person, programme.limit_per_person),
        *(
            Claim(_of_kind(unit.pk, resident.pk), count, unit.price * count, unit.limit_per_person)
            for unit, count in wanted.items()
        ),
    ]
    if resident.household_no:
        found.append(Claim(_household(resident.household_no), units, yen, programme.limit_units_per_household))
    yield from sorted(found, key=lambda claim: claim.holder)


def _count(programme: Programme, claim: Claim) -> None:
    # One conditional update decides; a read before it would let two orders pass at the same moment.
    row = Quota.objects.filter(programme=programme, holder=claim.holder)
    within = row
    if claim.units_limit is not None:
        within = within.filter(units__lte=claim.units_limit - claim.units)
    if claim.yen_limit is not None:
        within = within.filter(yen__lte=claim.yen_limit - claim.yen)
    if not within.update(units=F("units") + claim.units, yen=F("yen") + claim.yen):
        raise BeyondLimit(left=_left(row.get(), claim))


def _left(row: Quota, claim: Claim) -> int:
    if claim.units_limit is not None and row.units + claim.units > claim.units_limit:
        return max(claim.units_limit - row.units, 0)
    return max((claim.yen_limit or 0) - row.yen, 0)


def _person(resident_id: object) -> str:
    return f"person:{resident_id}"


def _household(number: str) -> str:
    return f"household:{number}"


def _of_kind(unit_id: object, resident_id: object) -> str:
    return f"unit:{unit_id}:{resident_id}"
