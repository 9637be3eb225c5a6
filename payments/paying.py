"""The whole of a payment as a till sees it: begun, waited for, and answered within the budget."""

import time

from django.conf import settings
from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from payments.authorisation import PaymentRequest, authorise
from payments.guarantee import guarantee
from payments.models import Payment
from payments.states import Status
from payments.waiting import wait_for_outcome
from regions.models import OutagePolicy

# The budget is used up by then, and the answer is due.
GUARANTEE_WITHIN_MS = 200


def pay(request: PaymentRequest, *, until: float | None = None) -> Payment:
    """Pay, and wait for the outcome until `until` (time.monotonic seconds; by default a budget from now).

    What comes back is final, or `accepted`, or `pending` (確認中) where the notary has not answered and the
    region does not stand for it. Refusals as `authorise` raises them, with nothing held.
    """
    deadline = until or time.monotonic() + settings.PAYMENT_BUDGET
    payment = wait_for_outcome(authorise(request), until=deadline)
    if payment.status == Status.PENDING and request.region.outage_policy == OutagePolicy.ACCEPT:
        _guarantee_at_once(payment)
        payment.refresh_from_db(fields=["status"])
    return payment


def _guarantee_at_once(payment: Payment) -> None:
    """Guarantee it, or leave it 確認中 where the region's row is busy.

    Its value is held, so that it may not end as a refusal; when its patience is over it is tried again.
    """
    try:
        with transaction.atomic(durable=True):
            _wait_for_locks_at_most(GUARANTEE_WITHIN_MS)
            guarantee(payment)
    except OperationalError as problem:
        if not isinstance(problem.__cause__, LockNotAvailable):
            raise


def _wait_for_locks_at_most(milliseconds: int) -> None:
    """For the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(milliseconds)])
