"""The whole of a payment as a till sees it: begun, waited for, and answered within the budget."""

import time

from django.conf import settings

from payments.authorisation import PaymentRequest, authorise
from payments.guarantee import guarantee
from payments.models import Payment
from payments.states import Status
from payments.waiting import wait_for_outcome
from regions.models import OutagePolicy


def pay(request: PaymentRequest, *, until: float | None = None) -> Payment:
    """Pay, and wait for the outcome until `until` (time.monotonic seconds; by default a budget from now).

    What comes back is final, or `accepted`, or `pending` (確認中) where the notary has not answered and the
    region does not stand for it. Refusals as `authorise` raises them, with nothing held.
    """
    deadline = until or time.monotonic() + settings.PAYMENT_BUDGET
    payment = wait_for_outcome(authorise(request), until=deadline)
    if payment.status == Status.PENDING and request.region.outage_policy == OutagePolicy.ACCEPT:
        guarantee(payment)
        payment.refresh_from_db(fields=["status"])
    return payment
