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


class NotClaimable(VoucherProblem):
    """The entitlement cannot be claimed or declined any more, or is not this person's. Nothing was changed."""


class CodeMistyped(VoucherProblem):
    """No code of ours reads like this: a character is wrong or missing."""


class CodeRefused(VoucherProblem):
    """The code is unknown, used, replaced, out of time or somebody else's; which of them is not said."""


class TooManyGuesses(VoucherProblem):
    """So many wrong codes have come from here that no more are looked at for a while."""


class NotStoppable(VoucherProblem):
    """The entitlement is not good any more, so there is nothing to stop or to move."""


class ListNotReady(VoucherProblem):
    """The list of grants is not where this can be done with it: carried out, dropped, or asked for already."""
