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


class BudgetExceeded(VoucherProblem):
    """The programme's budget does not cover the premium and grants asked for. Nothing is issued.

    `left` is what it still covers and `asked` what was to be issued of it, in yen.
    """

    def __init__(self, *, left: int, asked: int) -> None:
        super().__init__(left, asked)
        self.left, self.asked = left, asked
