"""A payment begins: value is held and the payment stands in both histories before anything is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from merchants.models import Till
from merchants.places import find_till
from payments import breaker
from payments.crash_points import crash_point
from payments.errors import KeyReused, NotaryAway, PaymentInProgress
from payments.guarantee import guarantee, may_guarantee
from payments.models import Allocation, Payment
from payments.requests import check_amount, check_key, fingerprint
from payments.tasks import wake_verification
from regions.ids import new_id
from regions.models import Region
from vouchers.spending import hold


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a resident asks for: whole yen, at the till of this code. `key` makes it unrepeatable."""

    region: Region
    wallet_id: UUID
    till: str
    amount: int
    key: str


def authorise(request: PaymentRequest, *, now: datetime | None = None) -> Payment:
    """Hold the amount and write the payment as `pending`, then wake whoever verifies it.

    Idempotent on (wallet, key): the same request again gives the first payment, in whatever state
    it is by now. Refusals, in this order, with nothing held: KeyMissing, KeyInvalid, AmountInvalid,
    KeyReused, TillUnknown, NotaryAway, InsufficientBalance; PaymentInProgress if the wallet stays locked.
    """
    check_key(request.key)
    check_amount(request.amount, limit=request.region.payment_limit)
    if earlier := find_earlier(request):
        return earlier
    till = find_till(region=request.region, code=request.till)
    # Nobody to verify it: refused before anything is held, unless the region stands for it.
    is_away = breaker.is_open(request.region.notary_id)
    if is_away and not may_guarantee(request.region, wallet_id=request.wallet_id, amount=request.amount):
        raise NotaryAway
    try:
        payment = _hold_and_write(request, till, now or timezone.now(), guaranteed=is_away)
    except IntegrityError:
        # The key was taken in the meantime; anything else that broke is not ours to hide.
        if earlier := find_earlier(request):
            return earlier
        raise
    except OperationalError as problem:
        if isinstance(problem.__cause__, LockNotAvailable):
            raise PaymentInProgress from problem
        raise
    crash_point("before the nudge")
    wake_verification(request.region.notary_id)
    return payment


def find_earlier(request: PaymentRequest) -> Payment | None:
    """The payment that was made with this key, if any; raise KeyReused if it was another request."""
    earlier = Payment.objects.filter(wallet_id=request.wallet_id, idempotency_key=request.key).with_places().first()
    if earlier and earlier.request_hash != _request_hash(request):
        raise KeyReused
    return earlier


@transaction.atomic(durable=True)
def _hold_and_write(request: PaymentRequest, till: Till, now: datetime, *, guaranteed: bool) -> Payment:
    # The payment first: of two requests with one key, the second waits here for the first, and can
    # neither hold value twice nor be told that the balance is short by what the first one holds.
    payment = Payment(
        id=new_id(),
        region=request.region,
        wallet_id=request.wallet_id,
        store=till.store,
        till=till,
        amount=request.amount,
        idempotency_key=request.key,
        request_hash=_request_hash(request),
        authorised_at=now,
        valid_until=now + timedelta(seconds=settings.PAYMENT_PATIENCE),
        next_attempt_at=now,
    )
    payment.save(force_insert=True)
    draws = hold(
        wallet_id=request.wallet_id,
        ticket_type_ids=[ticket_type.pk for ticket_type in till.store.ticket_types.all()],
        amount=request.amount,
        at=now,
    )
    Allocation.objects.bulk_create(
        Allocation(payment=payment, voucher_id=draw.voucher_id, amount=draw.amount) for draw in draws
    )
    if guaranteed and not guarantee(payment):
        raise NotaryAway
    crash_point("before the hold commits")
    return payment


def _request_hash(request: PaymentRequest) -> str:
    return fingerprint(till=request.till, amount=request.amount)
