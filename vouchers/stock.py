"""Units taken from stock and put back: never one more than there is, whoever asks at the same moment."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import F, Sum

from vouchers.models import StockSlice, Unit
from vouchers.order_errors import SoldOut

SLICES = 8
# Whoever buys at the same moment holds another slice: those that are locked are passed over.
ANY_SLICE = """
    UPDATE vouchers_stockslice SET units_left = units_left + %(change)s WHERE id = (
        SELECT id FROM vouchers_stockslice WHERE unit_id = %(unit)s AND units_left + %(change)s >= 0
        ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
    )
"""


def take_units(unit: Unit, count: int) -> None:
    """Take so many units out of the stock; raise SoldOut, with nothing taken, if there are fewer.

    Part of the caller's transaction. Several kinds are taken in the order of their ids, or two could wait
    for each other.
    """
    _lay_out(unit)
    if not _change_any(unit.pk, -count):
        _take_from_several(unit.pk, count)


def return_units(unit_id: UUID, count: int) -> None:
    """Put units back, for whoever comes next."""
    if not _change_any(unit_id, count):
        StockSlice.objects.filter(unit=unit_id, slot=0).update(units_left=F("units_left") + count)


def units_left(unit_ids: Iterable[UUID]) -> dict[UUID, int]:
    """What is left of each kind; a kind that nobody has bought of yet is not in it."""
    rows = StockSlice.objects.filter(unit__in=list(unit_ids)).values_list("unit").annotate(left=Sum("units_left"))
    return dict(rows)


def shares(stock: int, slices: int = SLICES) -> list[int]:
    """The stock in so many parts that differ by one at most."""
    return [stock // slices + (slot < stock % slices) for slot in range(slices)]


def _lay_out(unit: Unit) -> None:
    if StockSlice.objects.filter(unit=unit).exists():
        return
    StockSlice.objects.bulk_create(
        (
            StockSlice(region_id=unit.region_id, unit=unit, slot=slot, units_left=part)
            for slot, part in enumerate(shares(unit.stock))
        ),
        ignore_conflicts=True,
    )


def _change_any(unit_id: UUID, change: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(ANY_SLICE, {"unit": unit_id, "change": change})
        return bool(cursor.rowcount)


def _take_from_several(unit_id: UUID, count: int) -> None:
    # No slice that is free has enough. Wait for all of them: only then is it known what there is.
    slices = list(StockSlice.objects.filter(unit=unit_id).order_by("slot").select_for_update())
    left = sum(part.units_left for part in slices)
    if left < count:
        raise SoldOut(left=left)
    for part in slices:
        taken = min(part.units_left, count)
        if taken:
            StockSlice.objects.filter(pk=part.pk).update(units_left=F("units_left") - taken)
            count -= taken
