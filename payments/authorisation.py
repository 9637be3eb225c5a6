"""A payment begins: value is held and the payment stands in both histories before anything is sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from merchants.models import Store, Till
from merchants.places import Place, find_place
from payments import breaker
from payments.crash_points import crash_point
from payments.errors import KeyReused, NotaryAway, PaymentInProgress
from payments.guarantee import guarantee, may_guarantee
from payments.models import Allocation, Payment
from payments.requests import check_amount, check_key, fingerprint
from payments.tasks import wake_verification
from regions.ids import new_id
from regions.models import Region
from regions.prepared import fetch, run
from vouchers.spending import Draw, hold

EARLIER = "SELECT id, request_hash FROM payments_payment WHERE wallet_id = %s AND idempotency_key = %s"
COLUMNS = (
    *("id", "region_id", "wallet_id", "store_id", "till_id", "amount", "refunded", "status", "idempotency_key"),
    *("request_hash", "authorised_at", "valid_until", "next_attempt_at", "attempts", "decline_reason"),
)
INSERT = (
    f"INSERT INTO payments_payment ({', '.join(COLUMNS)}) "  # noqa: S608 the columns above
    f"VALUES ({', '.join(f'%({name})s' for name in COLUMNS)})"
)
ALLOCATE = """
    INSERT INTO payments_allocation (id, payment_id, voucher_id, amount, refunded)
    SELECT id, %(payment)s, voucher, amount, 0
    FROM unnest(%(ids)s::uuid[], %(vouchers)s::uuid[], %(amounts)s::int[]) AS allocation(id, voucher, amount)
"""


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a resident asks for: whole yen, at the till of this code. `key` makes it unrepeatable.

    `claim` is called in the payment's own transaction, before value is held: what the payment is for, a charge or
    a code, is taken by it or raises why not, and the payment was never made.
    """

    region: Region
    wallet_id: UUID
    till: str
    amount: int
    key: str
    claim: Callable[[Payment], None] | None = None


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
    place = find_place(region_id=request.region.pk, code=request.till)
    # Nobody to verify it: refused before anything is held, unless the region stands for it.
    is_away = breaker.is_open(request.region.notary_id)
    if is_away and not may_guarantee(request.region, wallet_id=request.wallet_id, amount=request.amount):
        raise NotaryAway
    try:
        payment = _hold_and_write(request, place, now or timezone.now(), guaranteed=is_away)
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
    rows = fetch(EARLIER, [request.wallet_id, request.key])
    if not rows:
        return None
    if rows[0][1] != _request_hash(request):
        raise KeyReused
    earlier: Payment = Payment.objects.with_places().get(pk=rows[0][0])
    return earlier


@transaction.atomic(durable=True)
def _hold_and_write(request: PaymentRequest, place: Place, now: datetime, *, guaranteed: bool) -> Payment:
    payment = Payment(
        id=new_id(),
        region=request.region,
        wallet_id=request.wallet_id,
        store=Store(pk=place.store_id, region_id=request.region.pk, name=place.store_name),
        till=Till(pk=place.till_id, region_id=request.region.pk, store_id=place.store_id, code=place.code),
        amount=request.amount,
        idempotency_key=request.key,
        request_hash=_request_hash(request),
        authorised_at=now,
        valid_until=now + timedelta(seconds=settings.PAYMENT_PATIENCE),
        next_attempt_at=now,
    )
    # The payment first: of two requests with one key, the second waits here for the first, and can
    # neither hold value twice nor be told that the balance is short by what the first one holds.
    run(INSERT, {name: getattr(payment, name) for name in COLUMNS})
    if request.claim:
        request.claim(payment)
    draws = hold(wallet_id=request.wallet_id, ticket_type_ids=place.ticket_type_ids, amount=request.amount, at=now)
    allocate(payment, draws)
    if guaranteed and not guarantee(payment):
        raise NotaryAway
    crash_point("before the hold commits")
    payment._state.adding = False
    return payment


def allocate(payment: Payment, draws: Sequence[Draw]) -> None:
    """Write what the payment takes from each voucher; it knows its allocations then."""
    allocations = [Allocation(payment=payment, voucher_id=draw.voucher_id, amount=draw.amount) for draw in draws]
    run(
        ALLOCATE,
        {
            "payment": payment.pk,
            "ids": [allocation.pk for allocation in allocations],
            "vouchers": [draw.voucher_id for draw in draws],
            "amounts": [draw.amount for draw in draws],
        },
    )
    # As `prefetch_related` leaves them.
    payment._prefetched_objects_cache = {"allocations": allocations}  # type: ignore[attr-defined]


def _request_hash(request: PaymentRequest) -> str:
    return fingerprint(till=request.till, amount=request.amount)
