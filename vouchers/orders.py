"""An order's life: opened with its units taken, paid, issued; or lapsed or cancelled, its units free again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from regions.models import Resident
from vouchers import order_messages as messages
from vouchers.checkout.port import Method
from vouchers.errors import VoucherProblem
from vouchers.issuance import IssueLine, issue
from vouchers.models import Order, OrderLine, Programme, Unit
from vouchers.models.checkout import AttemptStanding
from vouchers.models.order import new_order_number
from vouchers.order_errors import BeyondLimit, OrderSettled, SoldOut, UnitsNotOffered
from vouchers.order_states import OrderStatus
from vouchers.quotas import release, reserve
from vouchers.stock import return_units, take_units

log = structlog.stdlib.get_logger(__name__)

# A convenience store's cash is reported some time after it was paid; a number handed out is waited for.
REPORTED_WITHIN = timedelta(hours=3)
REMINDERS = (timedelta(days=3), timedelta(days=1))
AT_ONCE = 200


class Payment(StrEnum):
    """What became of money that came in for an order."""

    TAKEN = "taken"
    PAID_BEFORE = "paid_before"
    TOO_LATE = "too_late"


@transaction.atomic
def open_order(
    *,
    resident: Resident,
    programme: Programme,
    lines: Mapping[UUID, int],
    pay_by_at: datetime,
    key: str,
    application: object | None = None,
    now: datetime | None = None,
) -> Order:
    """Take the units out of stock and of the limits, and wait for their payment until `pay_by_at`.

    `lines` is units by the id of their kind. Idempotent on (region, key). Refusals, with nothing taken:
    UnitsNotOffered, BeyondLimit, SoldOut. Whether this person may buy at all, the caller has asked.
    """
    if earlier := Order.objects.in_region(programme.region_id).filter(key=key).first():
        return earlier  # type: ignore[no-any-return]
    wanted = _wanted(programme, lines)
    opened_at = now or timezone.now()
    order = Order(
        region_id=programme.region_id,
        programme=programme,
        resident=resident,
        application_id=getattr(application, "pk", None),
        amount=sum(unit.price * count for unit, count in wanted.items()),
        household_no=resident.household_no,
        key=key,
        opened_at=opened_at,
        pay_by_at=pay_by_at,
        remind_after=next_reminder(pay_by_at, after=opened_at),
    )
    stored = _store(order)
    if stored.pk != order.pk:
        return stored
    _take(order, wanted)
    OrderLine.objects.bulk_create(
        OrderLine(region_id=order.region_id, order=order, unit=unit, units=count, price=unit.price)
        for unit, count in wanted.items()
    )
    return order


def _store(order: Order) -> Order:
    """Write the order, or find the one that the same key or the same application has made already."""
    same = Q(key=order.key)
    if order.application_id:
        same |= Q(application_id=order.application_id)
    while True:
        Order.objects.bulk_create([order], ignore_conflicts=True)
        if stored := Order.objects.in_region(order.region_id).filter(same).first():
            return stored  # type: ignore[no-any-return]
        # Its number is another order's.
        order.number = new_order_number()


def _wanted(programme: Programme, lines: Mapping[UUID, int]) -> dict[Unit, int]:
    units = {unit.pk: unit for unit in Unit.objects.filter(programme=programme, pk__in=list(lines)).order_by("pk")}
    if not lines or set(lines) != set(units) or any(type(count) is not int or count < 1 for count in lines.values()):
        raise UnitsNotOffered
    return {unit: lines[pk] for pk, unit in units.items()}


def _take(order: Order, wanted: Mapping[Unit, int]) -> None:
    reserve(order.programme, order.resident, wanted)
    for unit, count in sorted(wanted.items(), key=lambda line: line[0].pk):
        take_units(unit, count)


def next_reminder(pay_by_at: datetime, *, after: datetime) -> datetime | None:
    """When the next reminder is due: three days and one day before the deadline."""
    return next((pay_by_at - before for before in REMINDERS if pay_by_at - before > after), None)


def pay_order(order_id: UUID, *, method: Method, at: datetime | None = None) -> Payment:
    """The money is in. An order that had lapsed counts again while its units can still be had.

    Part of the caller's transaction, who gives back what is not TAKEN.
    """
    paid = {"status": OrderStatus.PAID, "method": method, "paid_at": at or timezone.now(), "remind_after": None}
    if Order.objects.filter(pk=order_id, status=OrderStatus.PENDING).update(**paid):
        return Payment.TAKEN
    try:
        with transaction.atomic():
            if not Order.objects.filter(pk=order_id, status=OrderStatus.LAPSED).update(**paid, ended_at=None):
                return _why_not(order_id)
            order = Order.objects.select_related("programme", "resident").get(pk=order_id)
            _take(order, {line.unit: line.units for line in order.lines.select_related("unit")})
    except (SoldOut, BeyondLimit):
        return Payment.TOO_LATE
    return Payment.TAKEN


def _why_not(order_id: UUID) -> Payment:
    status = Order.objects.values_list("status", flat=True).get(pk=order_id)
    return Payment.PAID_BEFORE if status in (OrderStatus.PAID, OrderStatus.ISSUED) else Payment.TOO_LATE


@transaction.atomic
def issue_order(order_id: UUID, *, at: datetime | None = None) -> bool:
    """Issue the vouchers of a paid order, exactly once; return whether it was this call.

    Raise BudgetExceeded, with the order still paid and its vouchers to be issued.
    """
    now = at or timezone.now()
    if not Order.objects.filter(pk=order_id, status=OrderStatus.PAID).update(status=OrderStatus.ISSUED, issued_at=now):
        return False
    order = Order.objects.select_related("region", "programme", "resident__user").get(pk=order_id)
    issue(order.region, [line for row in _rows(order) for line in _issue_lines(order, row)], at=now)
    messages.tell_issued(order)
    return True


def _rows(order: Order) -> list[OrderLine]:
    return list(order.lines.select_related("unit").prefetch_related("unit__parts__ticket_type__programme"))


def _issue_lines(order: Order, line: OrderLine) -> list[IssueLine]:
    prices = line.unit.price_parts()
    return [
        IssueLine(
            resident_id=order.resident_id,
            ticket_type=part.ticket_type,
            amount=part.face * line.units,
            price_part=prices[part.ticket_type_id] * line.units,
            usable_from_at=part.ticket_type.good_from_at,
            expires_at=part.ticket_type.good_until_at,
            reason=order.number,
            key=voucher_key(order.pk, part.pk),
        )
        for part in line.unit.parts.all()
    ]


def voucher_key(order_id: UUID, part_id: UUID) -> str:
    return f"{order_id.hex[:31]}:{part_id.hex}"


def issue_paid(*, limit: int = AT_ONCE) -> int:
    """Issue what is paid and was not issued yet; what cannot be issued stays, and is looked at again."""
    done = 0
    for order_id in (
        Order.objects.filter(status=OrderStatus.PAID).order_by("paid_at").values_list("pk", flat=True)[:limit]
    ):
        try:
            done += issue_order(order_id)
        except VoucherProblem as problem:
            log.exception("paid order not issued", order=str(order_id), problem=type(problem).__name__)
    return done


def lapse_due(*, at: datetime | None = None, limit: int = AT_ONCE) -> int:
    """Let go of what was not paid in time, a batch of it; the units can be bought again. Return how many."""
    now = at or timezone.now()
    due = Order.objects.overdue(now)
    handed_out = due.filter(attempts__standing=AttemptStanding.WAITING, pay_by_at__gt=now - REPORTED_WITHIN)
    ids = list(due.exclude(pk__in=handed_out.values("pk")).order_by("pay_by_at").values_list("pk", flat=True)[:limit])
    return sum(_end(order_id, OrderStatus.LAPSED, now) for order_id in ids)


def cancel_order(order_id: UUID, *, at: datetime | None = None) -> None:
    """The resident does not want it, or the office says so. Raise OrderSettled unless it waits for payment."""
    if not _end(order_id, OrderStatus.CANCELLED, at or timezone.now()):
        raise OrderSettled


@transaction.atomic
def _end(order_id: UUID, status: OrderStatus, now: datetime) -> bool:
    # Whichever comes first, this or the payment, finds the order waiting; the other finds it gone.
    if not Order.objects.filter(pk=order_id, status=OrderStatus.PENDING).update(
        status=status, ended_at=now, remind_after=None
    ):
        return False
    order = Order.objects.select_related("resident__user", "programme", "region").get(pk=order_id)
    free_units(order)
    if status == OrderStatus.LAPSED:
        messages.tell_lapsed(order)
    return True


def free_units(order: Order) -> None:
    """Give the order's units back to the limits and to the stock. Part of the transaction that ends it."""
    release(order)
    for line in order.lines.order_by("unit_id"):
        return_units(line.unit_id, line.units)


def remind_due(*, at: datetime | None = None, limit: int = AT_ONCE) -> int:
    """Remind of deadlines, a batch; each once, also when this ran late or twice."""
    now = at or timezone.now()
    due = Order.objects.filter(status=OrderStatus.PENDING, remind_after__lte=now)
    for order in due.select_related("resident__user", "region", "programme")[:limit]:
        _remind(order, now)
    return len(due[:limit])


@transaction.atomic
def _remind(order: Order, now: datetime) -> None:
    moved = Order.objects.filter(pk=order.pk, status=OrderStatus.PENDING, remind_after=order.remind_after)
    if moved.update(remind_after=next_reminder(order.pay_by_at, after=now)) and order.pay_by_at > now:
        messages.tell_due(order)


def issue_soon(order_id: UUID) -> None:
    """Issue right after the commit; if that fails, the sweep finds the paid order."""
    transaction.on_commit(partial(_try_to_issue, order_id), robust=True)


def _try_to_issue(order_id: UUID) -> None:
    try:
        issue_order(order_id)
    except VoucherProblem as problem:
        log.exception("paid order not issued", order=str(order_id), problem=type(problem).__name__)
