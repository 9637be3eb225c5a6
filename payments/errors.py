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
