"""The office's desk: cash taken for an order, and a mistake of the same day undone by two people."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.approvals import ask_approval, register
from regions.models import Approval, User
from regions.yen import yen
from vouchers.checkout.counter import CounterCheckout
from vouchers.checkout.port import Method
from vouchers.models import Order, Voucher
from vouchers.models.checkout import CashEntry
from vouchers.order_errors import AmountDiffers, OrderSettled, UndoNotPossible
from vouchers.order_states import OrderStatus
from vouchers.orders import Payment, free_units, issue_soon, pay_order, voucher_key
from vouchers.spending import expire_rest

UNDO = "order-undo"


@transaction.atomic
def take_cash(order: Order, *, amount: int, by: User, at: datetime | None = None) -> CashEntry:
    """Write the cash into the book and count the order as paid; its vouchers follow after the commit.

    Pressed twice, it answers with the entry that is there. Raise AmountDiffers, or OrderSettled for an order
    that waits for no payment; nothing is written then.
    """
    now = at or timezone.now()
    if amount != order.amount:
        raise AmountDiffers(amount=order.amount)
    if pay_order(order.pk, method=Method.CASH, at=now) != Payment.TAKEN:
        earlier: CashEntry | None = CashEntry.objects.filter(order=order, by=by, amount=amount).first()
        still_paid = Order.objects.filter(pk=order.pk, status__in=(OrderStatus.PAID, OrderStatus.ISSUED)).exists()
        if earlier is None or not still_paid:
            raise OrderSettled
        return earlier
    issue_soon(order.pk)
    return CashEntry.objects.create(
        region_id=order.region_id, order=order, amount=amount, by=by, at=now, key=f"take-{order.pk}"
    )


def ask_undo(order: Order, *, reason: str, by: User, now: datetime | None = None) -> Approval:
    """Ask a second person to undo cash of today. Raise UndoNotPossible, or ApprovalOpen if somebody has asked."""
    check_undo(order, now=now or timezone.now())
    return ask_approval(
        kind=UNDO,
        region=order.region,
        subject=order.pk,
        summary=f"{order.number} {order.resident} {yen(order.amount)}",
        details={str(_("reason")): reason},
        by=by,
        now=now,
    )


def check_undo(order: Order, *, now: datetime) -> None:
    """Raise UndoNotPossible unless it was cash of today and none of it has been used."""
    tz = order.region.tz
    is_cash = order.status == OrderStatus.ISSUED and order.method == Method.CASH and order.paid_at
    if not is_cash or order.paid_at.astimezone(tz).date() != now.astimezone(tz).date():  # type: ignore[union-attr]
        raise UndoNotPossible
    if any(v.spent or v.held or v.expired for v in vouchers_of(order)):
        raise UndoNotPossible


def vouchers_of(order: Order) -> list[Voucher]:
    keys = [voucher_key(order.pk, part.pk) for line in order.lines.all() for part in line.unit.parts.all()]
    return list(Voucher.objects.in_region(order.region_id).filter(issue_key__in=keys).order_by("pk"))


def undo(approval: Approval) -> None:
    """Two people agree: the vouchers are worth nothing any more, the cash goes back, the units are free."""
    now = timezone.now()
    order = Order.objects.select_for_update(of=("self",)).select_related("region", "resident").get(pk=approval.subject)
    ids = [voucher.pk for voucher in vouchers_of(order)]
    locked = list(Voucher.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
    check_undo(order, now=now)
    expire_rest(locked, at=now)
    Voucher.objects.filter(pk__in=ids, close_after__isnull=True).update(close_after=now)
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.CANCELLED, ended_at=now)
    free_units(order)
    CounterCheckout(by=approval.requested_by).give_back(str(order.pk), amount=order.amount, key=_undo_key(order.pk))


def _undo_key(order_id: UUID) -> str:
    return f"undo-{order_id}"


register(UNDO, title=_("undo cash taken for an order"), on_approved=undo)
