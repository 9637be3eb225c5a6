"""What can go wrong between us and whoever takes the money."""


class CheckoutProblem(Exception):
    """Base of everything that a way of paying answers instead of what was asked."""


class CheckoutUnavailable(CheckoutProblem):
    """No answer, or one that says: later. Nothing is known; ask again with the same key."""


class CheckoutRefused(CheckoutProblem):
    """The question was understood and refused; asking again changes nothing. `code` is the other side's word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CheckoutUnknown(CheckoutProblem):
    """Nothing of this reference was ever begun there."""


class KeyUsedOtherwise(CheckoutProblem):
    """The key belongs to a charge of another amount or kind."""


class EventForged(CheckoutProblem):
    """A message that does not prove that it comes from the provider, or is too old to be believed."""
