"""The office decides of a payment that the notary refused after the region had guaranteed it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from payments import outcomes
from payments.errors import AlreadyDecided, NotDisputed, ReasonMissing, ReasonTooShort
from payments.models import DisputeDecision, Payment
from payments.states import Status
from regions.models import User

REASON_LENGTH_MIN = 5


@transaction.atomic(durable=True)
def resolve_dispute(
    payment: Payment, *, to: Status, reason: str, by: User, now: datetime | None = None
) -> DisputeDecision:
    """End a dispute as `completed` (the store is paid) or `voided` (the value goes back), and keep who, when and why.

    Idempotent on the payment: the same decision again gives the first one, with the first one's reason. The
    payment's row is locked, so of two people who decide at once one wins. Refusals, with nothing moved:
    ReasonMissing, ReasonTooShort, AlreadyDecided, NotDisputed.
    """
    reason = _checked(reason)
    locked = Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
    earlier: DisputeDecision | None = DisputeDecision.objects.filter(payment=locked).first()
    if earlier:
        if earlier.outcome != to:
            raise AlreadyDecided(outcome=earlier.outcome)
        return earlier
    at = now or timezone.now()
    if not outcomes.settle_dispute(locked, to, at=at):
        raise NotDisputed
    decision: DisputeDecision = DisputeDecision.objects.create(
        region_id=locked.region_id, payment=locked, outcome=to, reason=reason, decided_by=by, decided_at=at
    )
    return decision


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    if len(reason) < REASON_LENGTH_MIN:
        raise ReasonTooShort(minimum=REASON_LENGTH_MIN)
    return reason
