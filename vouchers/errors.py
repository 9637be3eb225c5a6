"""What can be wrong with value."""


class VoucherProblem(Exception):
    """Base of every refusal of this room."""


class InsufficientBalance(VoucherProblem):
    """The vouchers that are good here do not cover the amount. Nothing is held.

    `available` is what they do cover, in yen.
    """

    def __init__(self, *, available: int) -> None:
        super().__init__(available)
        self.available = available
