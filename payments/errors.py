"""Refusals of a payment or a refund: facts, each with what the caller may be told. Nothing has moved."""

from uuid import UUID


class PaymentProblem(Exception):
    """Base of every refusal of this room."""


class AmountInvalid(PaymentProblem):
    """Not a whole number of yen between 1 and `limit`."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class KeyMissing(PaymentProblem):
    """A payment without an Idempotency-Key could be made twice."""


class KeyInvalid(PaymentProblem):
    """The Idempotency-Key is longer than 255 characters or not printable ASCII."""


class KeyReused(PaymentProblem):
    """The Idempotency-Key belongs to a request with another content."""


class PaymentInProgress(PaymentProblem):
    """The same wallet is being written to at this moment; the same request may be sent again."""


class NotaryAway(PaymentProblem):
    """Payments cannot be verified now and the region does not guarantee them."""

    def __init__(self, *, retry_after: int = 5) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class PaymentUnknown(PaymentProblem):
    """No payment of this id belongs to who asks."""

    def __init__(self, payment_id: UUID | None = None) -> None:
        super().__init__(payment_id)


class NotRefundable(PaymentProblem):
    """The payment is not completed at the notary, so there is nothing that it could give back."""


class AlreadyRefunded(PaymentProblem):
    """More than what is left of the payment was asked back; `left` yen can still be refunded."""

    def __init__(self, *, left: int) -> None:
        super().__init__(left)
        self.left = left


class ReasonMissing(PaymentProblem):
    """What a person gives back or decides says why."""


class ReasonTooShort(ReasonMissing):
    """A decision says why in at least `minimum` characters."""

    def __init__(self, *, minimum: int) -> None:
        super().__init__(minimum)
        self.minimum = minimum


class NotDisputed(PaymentProblem):
    """The notary has not refused what the region guaranteed, so there is nothing for the office to decide."""


class AlreadyDecided(PaymentProblem):
    """The office has decided the other way; `outcome` is what stands."""

    def __init__(self, *, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class DifferenceRepaired(PaymentProblem):
    """The difference was repaired by itself, so there is nothing left to settle."""


class ChargeUnknown(PaymentProblem):
    """No charge with this name belongs to who asks."""


class ChargeTaken(PaymentProblem):
    """Somebody has paid the charge, or is paying it at this moment."""


class ChargeGone(PaymentProblem):
    """The shop has taken the charge back, or its time is over."""


class ChargeInProgress(PaymentProblem):
    """The charge's payment is being checked; ask again when that is over."""


class CodeProblem(PaymentProblem):
    """Base of what can be wrong with the code that a customer shows. Nothing was taken."""


class CodeUnreadable(CodeProblem):
    """Neither a code of ours nor its ten digits: a slip of the finger, or another picture."""


class CodeElsewhere(CodeProblem):
    """The code of another service or another region."""


class CodeUnknown(CodeProblem):
    """There is no such code here."""


class CodeUsed(CodeProblem):
    """The code was used, or the customer has been asked with it, or has said no."""


class CodeExpired(CodeProblem):
    """The code's minute is over, or its owner has signed out."""


class TooManyGuesses(CodeProblem):
    """So many wrong codes at this till that nobody may try for a while; `retry_after` in seconds."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class CodeShort(CodeProblem):
    """The customer's vouchers for this shop are not enough. By how much is the customer's own business."""


class TimeInvalid(PaymentProblem):
    """Not a whole number of seconds from `at_least` to `at_most`."""

    def __init__(self, *, at_least: int, at_most: int) -> None:
        super().__init__(at_least, at_most)
        self.at_least = at_least
        self.at_most = at_most
