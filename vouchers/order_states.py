"""What an order is, and what it may become: the whole table. The database's guard is made from it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderStatus(models.TextChoices):
    PENDING = "payment_pending", _("waiting for payment")
    PAID = "paid", _("paid")
    ISSUED = "issued", _("vouchers issued")
    LAPSED = "lapsed", _("not paid in time")
    CANCELLED = "cancelled", _("cancelled")


TRANSITIONS: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset({OrderStatus.PAID, OrderStatus.LAPSED, OrderStatus.CANCELLED}),
    # Money that comes in after the deadline counts while there are units left.
    OrderStatus.LAPSED: frozenset({OrderStatus.PAID}),
    OrderStatus.PAID: frozenset({OrderStatus.ISSUED}),
    # The desk undoes a mistake of the same day.
    OrderStatus.ISSUED: frozenset({OrderStatus.CANCELLED}),
    OrderStatus.CANCELLED: frozenset(),
}
# Their units are taken: they count against stock and limits.
HOLDING = (OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.ISSUED)


def allowed_moves() -> list[tuple[str, str]]:
    return [(str(source), str(target)) for source, targets in TRANSITIONS.items() for target in sorted(targets)]
