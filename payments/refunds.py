"""A shop gives value of a completed payment back: the yen are set aside, then the notary is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from payments.errors import AlreadyRefunded, AmountInvalid, KeyReused, NotRefundable, ReasonMissing
from payments.models import Allocation, Payment, Refund
from payments.requests import check_key, fingerprint
from payments.states import Status
from payments.tasks import wake_refunds
from regions.models import User
from vouchers import spending


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What a shop asks for: whole yen of a payment, with a reason. `key` makes it unrepeatable."""

    payment_id: UUID
    amount: int
    reason: str
    by: User
    key: str


def refund_payment(request: RefundRequest, *, now: datetime | None = None) -> Refund:
    """Set the yen aside on the payment, so that no other refund can give them back too; wake a worker.

    Idempotent on (payment, key). The value returns to the vouchers once the notary has reversed it.
    Refusals, with nothing moved: KeyMissing, KeyInvalid, ReasonMissing, KeyReused, NotRefundable,
    AmountInvalid, AlreadyRefunded.
    """
    check_key(request.key)
    if not request.reason.strip():
        raise ReasonMissing
    refund = _set_aside(request, now or timezone.now())
    wake_refunds(refund.region.notary_id)
    return refund


@transaction.atomic(durable=True)
def _set_aside(request: RefundRequest, now: datetime) -> Refund:
    # The payment's lock stands for all its refunds: a second one waits here for the first.
    payment = Payment.objects.select_for_update(no_key=True).get(pk=request.payment_id)
    if earlier := _earlier(payment, request):
        return earlier
    _check_refundable(payment, request.amount)
    draws = _plan(payment, request.amount)
    Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") + request.amount)
    return _write(payment, request, draws, now)


def _earlier(payment: Payment, request: RefundRequest) -> Refund | None:
    earlier = Refund.objects.filter(payment=payment, idempotency_key=request.key).first()
    if earlier and earlier.request_hash != _request_hash(request):
        raise KeyReused
    return earlier


def _check_refundable(payment: Payment, amount: object) -> None:
    if payment.status != Status.COMPLETED or payment.is_completed_by_office:
        raise NotRefundable
    if type(amount) is not int or amount < 1:
        raise AmountInvalid(limit=payment.refundable)
    if amount > payment.refundable:
        raise AlreadyRefunded(left=payment.refundable)


def _plan(payment: Payment, amount: int) -> list[spending.Draw]:
    """What each voucher gets back: the last drawn first, so that what expires soonest stays spent."""
    allocations = list(Allocation.objects.filter(payment=payment).order_by("-pk"))
    left = [(allocation.voucher_id, allocation.amount - allocation.refunded) for allocation in allocations]
    return spending.plan_draws([(voucher_id, yen) for voucher_id, yen in left if yen], amount)


def _write(payment: Payment, request: RefundRequest, draws: Sequence[spending.Draw], now: datetime) -> Refund:
    for draw in draws:
        Allocation.objects.filter(payment=payment, voucher_id=draw.voucher_id).update(
            refunded=F("refunded") + draw.amount
        )
    return Refund.objects.create(
        region_id=payment.region_id,
        payment=payment,
        amount=request.amount,
        allocations=[[str(draw.voucher_id), draw.amount] for draw in draws],
        reason=request.reason.strip(),
        requested_by=request.by,
        requested_at=now,
        idempotency_key=request.key,
        request_hash=_request_hash(request),
        next_attempt_at=now,
    )


def _request_hash(request: RefundRequest) -> str:
    return fingerprint(amount=request.amount, reason=request.reason.strip())
