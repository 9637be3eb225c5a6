"""Cash at the office's desk. Nothing leaves the house: the order and the cash book are the other side."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from regions.models import User
from vouchers.checkout.errors import CheckoutRefused, CheckoutUnknown, KeyUsedOtherwise
from vouchers.checkout.port import Begun, Charge, Found, Method, Standing
from vouchers.models import Order
from vouchers.models.checkout import CashEntry
from vouchers.order_states import OrderStatus


class CounterCheckout:
    """The desk, with the person who stands there; money is handed back by a person only."""

    name = "counter"
    methods = (Method.CASH,)

    def __init__(self, *, by: User | None = None) -> None:
        self.by = by

    def begin(self, charge: Charge) -> Begun:
        order = self._order(charge.order)
        if order.amount != charge.amount:
            raise KeyUsedOtherwise
        return Begun(reference=charge.order)

    def look(self, reference: str) -> Found:
        order = self._order(reference)
        taken = order.cash.filter(amount__gt=0).aggregate(total=Sum("amount"))["total"] or 0
        if taken:
            return Found(Standing.PAID, taken)
        return Found(Standing.OPEN if order.status == OrderStatus.PENDING else Standing.ENDED, order.amount)

    def withdraw(self, reference: str) -> Found:
        """Nothing is out there that could be paid without us: the order's own end closes the desk."""
        return self.look(reference)

    def give_back(self, reference: str, *, amount: int, key: str, email: str = "") -> None:
        order = self._order(reference)
        if self.by is None:
            raise CheckoutRefused("nobody_at_the_desk")
        if CashEntry.objects.filter(key=f"return-{key}").exists():
            return
        held = order.cash.aggregate(total=Sum("amount"))["total"] or 0
        if amount > held:
            raise CheckoutRefused("nothing_paid")
        try:
            with transaction.atomic():
                CashEntry.objects.create(
                    region_id=order.region_id, order=order, amount=-amount, by=self.by, key=f"return-{key}"
                )
        except IntegrityError:
            # Somebody did the same at the same moment.
            return

    def _order(self, reference: str) -> Order:
        try:
            order: Order | None = Order.objects.filter(pk=UUID(reference)).first()
        except ValueError as problem:
            raise CheckoutUnknown from problem
        if order is None:
            raise CheckoutUnknown
        return order
