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


class ApplicationsClosed(VoucherProblem):
    """The programme takes no applications at this moment, or none at all; what was sent in stays as it was."""


class NotEligible(VoucherProblem):
    """The person may not apply; each reason has a class of its own."""


class OtherRegion(NotEligible):
    """The person is not on the list of the programme's region."""


class NotResidentOnBaseDate(NotEligible):
    """The person had moved out by the base date."""


class MovedOut(NotEligible):
    """The person has moved out of the region."""


class AgeOutside(NotEligible):
    """The programme is for people of another age."""


class BirthDateUnknown(NotEligible):
    """The programme asks for an age, and the list of residents does not tell the person's."""


class UnitUnknown(VoucherProblem):
    """No such unit is offered to this person in this programme."""

    def __init__(self, unit: str) -> None:
        super().__init__(unit)
        self.unit = unit[:60]


class UnitsInvalid(VoucherProblem):
    """What was asked for is no number of units."""


class NothingAskedFor(VoucherProblem):
    """Every number of units is zero."""


class LimitExceeded(VoucherProblem):
    """More than one person may ask for: `limit`, in what the class says."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class UnitsLimitExceeded(LimitExceeded):
    """Units of all kinds together."""


class KindLimitExceeded(LimitExceeded):
    """Units of one kind."""


class YenLimitExceeded(LimitExceeded):
    """Yen of the price."""


class HouseholdLimitExceeded(VoucherProblem):
    """More than the household may ask for together. `left` units can still be asked for."""

    def __init__(self, *, limit: int, left: int) -> None:
        super().__init__(limit, left)
        self.limit, self.left = limit, left


class AlreadyApplied(VoucherProblem):
    """The person has another application in the programme, `number`, whatever way it came."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class ApplicationSettled(VoucherProblem):
    """The application is withdrawn, invalid, sealed or drawn: it stays as it is."""


class ReasonMissing(VoucherProblem):
    """What is done needs a reason, and none was given."""


class DrawNotPossible(VoucherProblem):
    """The step of the draw cannot be taken now. `why` is a word of `vouchers.draw_steps.Hindrance`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
