"""A shop's software asks for an amount: the charge made, paid by one person, cancelled, and its state told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from merchants.errors import TillUnknown
from merchants.models import Till, TillKey
from merchants.places import read_code
from merchants.qr import public_address, till_payload
from payments.authorisation import PaymentRequest
from payments.errors import ChargeGone, ChargeInProgress, ChargeTaken, ChargeUnknown, KeyReused, TimeInvalid
from payments.models import Charge, Payment, Refund
from payments.outcomes import CHANNEL
from payments.paying import pay
from payments.refunds import RefundRequest, refund_payment
from payments.requests import check_amount, check_key, fingerprint
from payments.states import NOT_PAID, Status
from payments.waiting import wait_for_news
from regions.models import Region
from regions.prepared import fetch

LIVES = timedelta(minutes=5)
LIVES_AT_LEAST, LIVES_AT_MOST = 30, 3600
CANCELLED = "会計の取消"

# It is free while no payment has it, or the one that had it came to nothing. The condition stands in the statement
# itself and not in a subquery on the charge: who waited for the row's lock has it looked at again.
FREE = """
    cancelled_at IS NULL AND (
        payment_id IS NULL
        OR EXISTS (
            SELECT FROM payments_payment AS earlier WHERE earlier.id = payment_id AND earlier.status = ANY(%(not_paid)s)
        )
    )
"""
TAKE = f"""
    UPDATE payments_charge SET payment_id = %(payment)s
    WHERE id = %(charge)s AND expires_at > %(at)s AND {FREE}
    RETURNING pg_notify(%(channel)s, id::text)
"""  # noqa: S608 the condition above
CANCEL = f"""
    UPDATE payments_charge SET cancelled_at = %(at)s WHERE id = %(charge)s AND {FREE}
    RETURNING pg_notify(%(channel)s, id::text)
"""  # noqa: S608 the condition above


class ChargeState(StrEnum):
    """What a till is told of a charge. The last four are final, but for a refund of what was paid."""

    OPEN = "open"
    CHECKING = "checking"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """What a till system asks for: whole yen at one of its merchant's tills, to be paid within `lives` seconds."""

    made_with: TillKey
    region: Region
    till: str
    amount: int
    key: str
    lives: int | None = None


def make_charge(request: ChargeRequest, *, now: datetime | None = None) -> Charge:
    """Ask for the amount. Idempotent on (key of the till system, key).

    Refusals: KeyMissing, KeyInvalid, AmountInvalid, TimeInvalid, KeyReused, TillUnknown.
    """
    check_key(request.key)
    check_amount(request.amount, limit=request.region.payment_limit)
    lives = _check_time(request.lives)
    if earlier := _earlier(request):
        return earlier
    at = now or timezone.now()
    try:
        with transaction.atomic():
            return Charge.objects.create(
                region=request.region,
                till=find_till_of(request.made_with, request.till),
                amount=request.amount,
                made_with=request.made_with,
                idempotency_key=request.key,
                request_hash=_hash(request),
                made_at=at,
                expires_at=at + lives,
            )
    except IntegrityError:
        if earlier := _earlier(request):
            return earlier
        raise


def find_till_of(key: TillKey, code: str) -> Till:
    """The open till of this code if it is the key's merchant's; raise TillUnknown."""
    tills = Till.objects.filter(store__merchant=key.merchant_id, is_active=True, store__is_active=True)
    till: Till | None = tills.filter(code=read_code(code)).select_related("store", "region").first()
    if till is None:
        raise TillUnknown
    return till


def find_charge(region: Region, token: str) -> Charge:
    """The charge of this name in the region, with its till, store and payment; raise ChargeUnknown."""
    found = _with_places().filter(region=region, token=token.upper()).first()
    if found is None:
        raise ChargeUnknown
    charge: Charge = found
    return charge


def find_charge_of(key: TillKey, charge_id: UUID) -> Charge:
    """The charge that was made for the key's merchant; raise ChargeUnknown."""
    found = _with_places().filter(pk=charge_id, made_with__merchant=key.merchant_id).first()
    if found is None:
        raise ChargeUnknown
    charge: Charge = found
    return charge


def state_of(charge: Charge, *, now: datetime | None = None) -> ChargeState:
    """Its state at the moment, from the charge and its payment as they were read."""
    payment = charge.payment
    if payment is not None and payment.is_paid:
        return ChargeState.REFUNDED if payment.refunded == payment.amount else ChargeState.PAID
    if payment is not None and payment.status == Status.PENDING:
        return ChargeState.CHECKING
    if charge.cancelled_at:
        return ChargeState.CANCELLED
    return ChargeState.OPEN if charge.expires_at > (now or timezone.now()) else ChargeState.EXPIRED


def address_of(charge: Charge) -> str:
    """What a customer's telephone opens."""
    return public_address(reverse("charge", args=[charge.till.region.slug, charge.token]))


def payload_of(charge: Charge) -> str:
    """The charge in EMVCo's form."""
    return till_payload(charge.till, amount=charge.amount, reference=charge.token, address=address_of(charge))


def pay_charge(charge: Charge, *, wallet_id: UUID, key: str, until: float | None = None) -> Payment:
    """Pay it, whole, and wait for the outcome as `pay` does. Idempotent on (wallet, charge, key).

    Refusals besides those of `pay`: ChargeTaken, ChargeGone. Nothing is held then.
    """
    request = PaymentRequest(
        region=charge.till.region,
        wallet_id=wallet_id,
        till=charge.till.code,
        amount=charge.amount,
        key=f"charge:{charge.pk}:{check_key(key)}",
        claim=partial(_take, charge),
    )
    return pay(request, until=until)


def cancel_charge(charge: Charge, *, now: datetime | None = None) -> Refund | None:
    """Take it back: unpaid, it is gone; paid, the whole of it is given back by the refund that is returned.

    Idempotent. Raise ChargeInProgress while its payment is being checked, NotRefundable as `refund_payment` does.
    """
    if _run(CANCEL, charge, at=now or timezone.now()):
        return None
    charge.refresh_from_db()
    payment = charge.payment
    if payment is None or charge.cancelled_at:
        return None
    if payment.status == Status.PENDING:
        raise ChargeInProgress
    key = f"charge:{charge.pk}"
    earlier: Refund | None = Refund.objects.filter(payment=payment, idempotency_key=key).first()
    if earlier is not None:
        return earlier
    whole = payment.refundable or payment.amount
    return refund_payment(RefundRequest(payment.pk, whole, CANCELLED, charge.made_with.made_by, key))


def wait_for_charge(charge: Charge, *, until: float) -> Charge:
    """The charge once somebody has paid it or it can no longer be paid, at the latest at `until`."""

    def is_over() -> bool:
        nonlocal charge
        charge = _with_places().get(pk=charge.pk)
        return state_of(charge) not in (ChargeState.OPEN, ChargeState.CHECKING)

    wait_for_news(charge.pk, is_over, until=until)
    return charge


def _take(charge: Charge, payment: Payment) -> None:
    """The charge becomes this payment's, or raise why not."""
    if _run(TAKE, charge, at=payment.authorised_at, payment=payment.pk):
        return
    current = Charge.objects.get(pk=charge.pk)
    raise ChargeGone if current.cancelled_at or current.payment_id is None else ChargeTaken


def _run(statement: str, charge: Charge, *, at: datetime, payment: UUID | None = None) -> bool:
    not_paid = [str(status) for status in NOT_PAID]
    facts = {"charge": charge.pk, "at": at, "payment": payment, "not_paid": not_paid, "channel": CHANNEL}
    return bool(fetch(statement, facts))


def _with_places() -> QuerySet[Charge]:
    return Charge.objects.select_related("till__store", "till__region", "payment", "made_with__made_by")


def _earlier(request: ChargeRequest) -> Charge | None:
    earlier: Charge | None = _with_places().filter(made_with=request.made_with, idempotency_key=request.key).first()
    if earlier is not None and earlier.request_hash != _hash(request):
        raise KeyReused
    return earlier


def _check_time(lives: object) -> timedelta:
    if lives is None:
        return LIVES
    if type(lives) is not int or not LIVES_AT_LEAST <= lives <= LIVES_AT_MOST:
        raise TimeInvalid(at_least=LIVES_AT_LEAST, at_most=LIVES_AT_MOST)
    return timedelta(seconds=lives)


def _hash(request: ChargeRequest) -> str:
    return fingerprint(till=request.till, amount=request.amount, lives=request.lives or 0)
