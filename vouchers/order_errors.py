"""Why an order is not opened, paid or undone. Nothing has moved when one of these is raised."""

from vouchers.errors import VoucherProblem


class OrderProblem(VoucherProblem):
    """Base of the refusals around orders."""


class UnitsNotOffered(OrderProblem):
    """A unit that this programme does not have, or that this person may not buy, or no units at all."""


class SoldOut(OrderProblem):
    """There are fewer units than asked for; `left` of them are there."""

    def __init__(self, *, left: int) -> None:
        super().__init__(left)
        self.left = left


class BeyondLimit(OrderProblem):
    """More than a person or household may have; `left` units, or yen of the price, could still be had."""

    def __init__(self, *, left: int) -> None:
        super().__init__(left)
        self.left = left


class SaleClosed(OrderProblem):
    """The programme is not on sale now."""


class NotYourTurn(OrderProblem):
    """The person's turn in the waiting room has not come, or is over."""


class OrderSettled(OrderProblem):
    """The order is not waiting for payment any more."""


class AmountDiffers(OrderProblem):
    """What was counted is not the amount of the order; `amount` is."""

    def __init__(self, *, amount: int) -> None:
        super().__init__(amount)
        self.amount = amount


class UndoNotPossible(OrderProblem):
    """It was not cash of today, or a voucher of the order has been used."""


class MethodNotOffered(OrderProblem):
    """This way of paying is not there for this order now."""
