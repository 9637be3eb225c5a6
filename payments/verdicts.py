"""What the notary is asked about a payment in doubt, and what its answer makes of the payment."""

from uuid import UUID, uuid5

from notary.client.values import Commit, Outcome, OutcomeKind, Request, Reverse, Void
from payments.claims import Claimed
from payments.states import Status

# Derives the id of the reversal that undoes what was committed after the platform had given up.
UNDO_NAMESPACE = UUID("0b6a9d0e-4f2b-4e65-8d0a-5a1f3c11cafe")

VERDICTS: dict[tuple[Status, OutcomeKind], Status] = {
    (Status.PENDING, OutcomeKind.COMMITTED): Status.COMPLETED,
    (Status.PENDING, OutcomeKind.REFUSED): Status.DECLINED,
    (Status.ACCEPTED, OutcomeKind.COMMITTED): Status.COMPLETED,
    (Status.ACCEPTED, OutcomeKind.REFUSED): Status.DISPUTED,
    (Status.VOIDING, OutcomeKind.VOIDED): Status.VOIDED,
    (Status.VOIDING, OutcomeKind.REFUSED): Status.VOIDED,
    (Status.VOIDING, OutcomeKind.REVERSED): Status.VOIDED,
}


def question(payment: Claimed) -> Request:
    """What to ask: spend it, or, where the platform has given up, decide that it never happens.

    What a region has guaranteed is sent without a deadline: it must be notarised however late.
    """
    if payment.status is Status.VOIDING:
        return Void(id=payment.id)
    deadline = payment.valid_until if payment.status is Status.PENDING else None
    return Commit(id=payment.id, allocations=allocations(payment), valid_until=deadline)


def undo(payment: Claimed) -> Reverse:
    """Give back, at the notary, what it had committed although the platform had given up."""
    return Reverse(id=uuid5(UNDO_NAMESPACE, str(payment.id)), transaction=payment.id, allocations=allocations(payment))


def must_undo(payment: Claimed, outcome: Outcome) -> bool:
    return payment.status is Status.VOIDING and outcome.outcome is OutcomeKind.COMMITTED


def verdict(payment: Claimed, outcome: Outcome) -> Status | None:
    """The status that the answer leads to; none where the answer decides nothing for this payment."""
    return VERDICTS.get((payment.status, outcome.outcome))


def allocations(payment: Claimed) -> tuple[tuple[UUID, int], ...]:
    return tuple((draw.voucher_id, draw.amount) for draw in payment.draws)
