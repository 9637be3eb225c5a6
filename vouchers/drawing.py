"""What follows a fixed seed: the draw itself, and every result told; found by its state, so that it can be resumed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from regions.patience import be_patient
from vouchers.application_messages import tell_result
from vouchers.lottery.rules import Won, draw, places
from vouchers.lottery.sealed import SealedList, read_list, sha256, write_result
from vouchers.models.application import Application, ApplicationLine, ApplicationStatus
from vouchers.models.draw import Draw, DrawFile, DrawFileKind, DrawStatus
from vouchers.orders import open_order

BATCH = 200


def finish_draws(*, seconds: float | None = None, now: datetime | None = None) -> int:
    """Draw what has its seed and tell what is drawn, for so long at most; return how many results were told.

    Whatever is left is found the next time, by whoever comes: a result is told once.
    """
    until = None if seconds is None else monotonic() + seconds
    for draw_id in Draw.objects.filter(status=DrawStatus.SEEDED).values_list("pk", flat=True):
        run_draw(draw_id, now=now)
    return sum(
        _tell_results(found, until=until, now=now)
        for found in Draw.objects.filter(status=DrawStatus.DRAWN).select_related("programme__region")
    )


def _tell_results(found: Draw, *, until: float | None, now: datetime | None) -> int:
    sealed = sealed_list(found)
    won, order, told = won_by_number(found, sealed), places(sealed, found.seed), 0
    while until is None or monotonic() < until:
        count = _tell_batch(found, won, order)
        told += count
        if not count:
            break
    if not _untold(found).exists():
        Draw.objects.filter(pk=found.pk, status=DrawStatus.DRAWN).update(
            status=DrawStatus.PUBLISHED, published_at=now or timezone.now()
        )
    return told


@transaction.atomic
def run_draw(draw_id: UUID, *, now: datetime | None = None) -> Draw:
    """Draw from the sealed file and the seed, and keep the result with its hash; once, whoever asks again."""
    be_patient()
    found: Draw = Draw.objects.select_for_update(of=("self",)).select_related("programme__region").get(pk=draw_id)
    if found.status != DrawStatus.SEEDED:
        return found
    at, sealed = now or timezone.now(), sealed_list(found)
    content = write_result(sealed, list_sha256=found.list_sha256, seed=found.seed, won=draw(sealed, found.seed))
    DrawFile.objects.create(
        region_id=found.region_id,
        draw=found,
        kind=DrawFileKind.RESULT,
        content=content,
        sha256=sha256(content),
    )
    found.status, found.drawn_at, found.result_sha256 = DrawStatus.DRAWN, at, sha256(content)
    found.pay_by_at = _end_of_day(found, at)
    found.save(update_fields=["status", "drawn_at", "result_sha256", "pay_by_at"])
    return found


def sealed_list(found: Draw) -> SealedList:
    """The list as it was sealed. Raise ListDamaged if the stored bytes are not those that were hashed."""
    return read_list(bytes(DrawFile.objects.get(draw=found, kind=DrawFileKind.LIST).content))


def won_by_number(found: Draw, sealed: SealedList) -> dict[str, dict[str, int]]:
    """Units won of each kind, by application number."""
    won: Won = draw(sealed, found.seed)
    by_number: dict[str, dict[str, int]] = defaultdict(dict)
    for (number, unit), units in won.items():
        by_number[number][unit] = units
    return by_number


def _end_of_day(found: Draw, at: datetime) -> datetime:
    """Winners have whole days: until the end of the last one, where the region is."""
    tz = found.programme.region.tz
    last = timezone.localdate(at, tz) + timedelta(days=found.programme.pay_within_days + 1)
    return datetime.combine(last, time(), tz)


@transaction.atomic
def _tell_batch(found: Draw, won: Mapping[str, Mapping[str, int]], order: Mapping[str, int]) -> int:
    # Rows that another worker is telling are left to it; a batch that fails stays undone as a whole.
    batch: Sequence[Application] = list(
        _untold(found)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("resident__user", "resident__region")
        .prefetch_related("lines__unit")
        .order_by("pk")[:BATCH]
    )
    for application in batch:
        _settle(found, application, won[application.number], order.get(application.number))
    return len(batch)


def _untold(found: Draw) -> QuerySet[Application]:
    return Application.objects.filter(programme=found.programme, status=ApplicationStatus.SUBMITTED)


def _settle(found: Draw, application: Application, won: Mapping[str, int], place: int | None) -> None:
    lines = list(application.lines.all())
    for line in lines:
        line.units_won = won[line.unit.slug]
    ApplicationLine.objects.bulk_update(lines, ["units_won"])
    units = sum(won.values())
    application.status = outcome(asked=application.units, won=units)
    application.place = place
    application.save(update_fields=["status", "place"])
    # A draw that is drawn has its day to pay by.
    if units and found.pay_by_at:
        open_order(
            resident=application.resident,
            programme=found.programme,
            lines={line.unit_id: line.units_won for line in lines if line.units_won},
            application=application,
            pay_by_at=found.pay_by_at,
            key=f"draw:{application.pk}",
        )
    tell_result(found, application, lines)


def outcome(*, asked: int, won: int) -> ApplicationStatus:
    if not won:
        return ApplicationStatus.LOST
    return ApplicationStatus.WON if won == asked else ApplicationStatus.WON_REDUCED
