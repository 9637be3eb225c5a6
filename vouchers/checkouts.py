"""Paying for an order at a provider: begun, told of, looked after, and given back where it came in for nothing.

The provider is never asked inside a transaction. Its messages may be lost, late, doubled or out of order:
what an attempt has become only moves forward, and a sweep asks about those that nobody told of.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from vouchers import order_messages as messages
from vouchers.checkout.choice import konbini_days, offered, page_closes_at, provider
from vouchers.checkout.errors import CheckoutProblem, CheckoutUnavailable
from vouchers.checkout.port import CURRENCY, Charge, Checkout, Found, Method, Standing
from vouchers.models import Order
from vouchers.models.checkout import LIVE, Attempt, AttemptStanding, ProviderEvent
from vouchers.order_errors import MethodNotOffered, OrderSettled
from vouchers.order_states import OrderStatus
from vouchers.orders import Payment, issue_soon, pay_order

log = structlog.stdlib.get_logger(__name__)

LOOK_AGAIN = timedelta(minutes=10)
AT_ONCE = 50
WRONG_AMOUNT, NOT_GIVEN_BACK = "wrong_amount", "not_given_back"


def begin_checkout(order: Order, method: Method, *, now: datetime | None = None) -> Attempt:
    """Open the provider's page for the order; the attempt's `page_url` is where the person pays.

    Pressed twice it is the same attempt, and the same page. Another way of paying ends the earlier one first.
    Raise OrderSettled, MethodNotOffered, CheckoutUnavailable or CheckoutRefused.
    """
    at = now or timezone.now()
    checkout = provider()
    if checkout is None or method not in offered(now=at, pay_by_at=order.pay_by_at, tz=order.region.tz):
        raise MethodNotOffered
    _end_other_ways(order, method, checkout, at)
    attempt = _attempt(order, method, at)
    if attempt.reference:
        return attempt
    begun = checkout.begin(_charge(order, attempt))
    Attempt.objects.filter(pk=attempt.pk).update(reference=begun.reference, page_url=begun.url)
    attempt.reference, attempt.page_url = begun.reference, begun.url
    return attempt


def _end_other_ways(order: Order, method: Method, checkout: Checkout, at: datetime) -> None:
    for earlier in Attempt.objects.filter(order=order, standing__in=LIVE):
        if earlier.method != method or earlier.expires_at <= at:
            _withdraw(earlier, checkout, at)


def _attempt(order: Order, method: Method, at: datetime) -> Attempt:
    if not Order.objects.filter(pk=order.pk, status=OrderStatus.PENDING).exists():
        raise OrderSettled
    try:
        with transaction.atomic():
            return Attempt.objects.create(
                region=order.region,
                order=order,
                method=method,
                amount=order.amount,
                begun_at=at,
                expires_at=page_closes_at(now=at, pay_by_at=order.pay_by_at),
                konbini_days=konbini_days(now=at, pay_by_at=order.pay_by_at, tz=order.region.tz),
                look_after=at + LOOK_AGAIN,
            )
    except IntegrityError as problem:
        # The button was pressed twice: the other press made the attempt.
        earlier: Attempt | None = Attempt.objects.filter(order=order, standing__in=LIVE, method=method).first()
        if earlier is None:
            raise CheckoutUnavailable from problem
        return earlier


def _charge(order: Order, attempt: Attempt) -> Charge:
    return Charge(
        key=str(attempt.pk),
        order=str(order.pk),
        number=order.number,
        amount=attempt.amount,
        method=Method(attempt.method),
        description=f"{order.programme.name} {order.number}",
        return_url=settings.PUBLIC_URL.rstrip("/") + reverse("order", args=[order.region.slug, order.number]),
        expires_at=attempt.expires_at,
        konbini_days=attempt.konbini_days,
    )


def receive_event(*, event_id: str, kind: str, key: str, reference: str, found: Found | None) -> bool:
    """Take in a message that proved to be the provider's; return False for one that was taken in before.

    What it says and that it was said are one transaction, so a message that failed half-way comes again.
    """
    with transaction.atomic():
        attempt = _named(key)
        event = ProviderEvent(
            event_id=event_id,
            kind=kind,
            attempt=attempt,
            amount=found.amount if found else None,
            currency=found.currency if found else "",
        )
        ProviderEvent.objects.bulk_create([event], ignore_conflicts=True)
        if not ProviderEvent.objects.filter(pk=event.pk).exists():
            return False
        if attempt and found:
            record(attempt.pk, found, reference=reference)
    return True


def _named(key: str) -> Attempt | None:
    try:
        return Attempt.objects.filter(pk=UUID(key)).first()
    except ValueError:
        return None


@transaction.atomic
def record(attempt_id: UUID, found: Found, *, reference: str = "", at: datetime | None = None) -> None:
    """Write down what the provider says of an attempt, in whatever order it is said; paid is the last word."""
    now = at or timezone.now()
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt_id)
    attempt.reference = attempt.reference or reference
    if attempt.standing != AttemptStanding.PAID:
        if found.standing == Standing.PAID:
            _paid(attempt, found, now)
        elif found.standing == Standing.ENDED and attempt.standing in LIVE:
            attempt.standing = AttemptStanding.ENDED
        elif found.standing == Standing.WAITING and attempt.standing in LIVE:
            attempt.standing = AttemptStanding.WAITING
            attempt.page_url = found.url
    attempt.save(update_fields=["reference", "standing", "page_url", "paid_at", "problem", "give_back_after"])


def _paid(attempt: Attempt, found: Found, now: datetime) -> None:
    attempt.standing, attempt.paid_at = AttemptStanding.PAID, now
    if (found.amount, found.currency.lower()) != (attempt.amount, CURRENCY):
        # Not what was asked for: nothing is issued, and a person has to look at it.
        attempt.problem = WRONG_AMOUNT
        log.error("paid amount differs", attempt=str(attempt.pk), asked=attempt.amount, paid=found.amount)
        return
    if pay_order(attempt.order_id, method=Method(attempt.method), at=now) == Payment.TAKEN:
        issue_soon(attempt.order_id)
    else:
        attempt.give_back_after = now


def look_at(attempt: Attempt, *, now: datetime | None = None) -> None:
    """Ask the provider how far an attempt is: somebody came back from its page, or nobody told us in time."""
    checkout = provider()
    if checkout is not None and attempt.reference and attempt.standing in LIVE:
        record(attempt.pk, checkout.look(attempt.reference), at=now)


def tend_attempts(*, now: datetime | None = None) -> int:
    """Withdraw what nobody needs to pay any more, ask about the silent, give back what came in for nothing."""
    at, checkout = now or timezone.now(), provider()
    if checkout is None:
        return 0
    live = Attempt.objects.filter(standing__in=LIVE).select_related("order")
    needless = live.exclude(order__status=OrderStatus.PENDING)
    silent = live.filter(look_after__lte=at)
    done = 0
    for attempt in needless[:AT_ONCE]:
        done += _safely(attempt, lambda attempt=attempt: _withdraw(attempt, checkout, at))
    for attempt in silent[:AT_ONCE]:
        # Moved on before it is asked, so that one that always fails does not stand in the others' way.
        Attempt.objects.filter(pk=attempt.pk).update(look_after=at + LOOK_AGAIN)
        done += _safely(attempt, lambda attempt=attempt: _look_or_end(attempt, at))
    due = Q(give_back_after__lte=at, given_back_at__isnull=True, paid_at__isnull=False)
    for attempt in Attempt.objects.filter(due).select_related("order__resident", "order__region")[:AT_ONCE]:
        Attempt.objects.filter(pk=attempt.pk).update(give_back_after=at + LOOK_AGAIN)
        done += _safely(attempt, lambda attempt=attempt: _give_back(attempt, checkout, at))
    return done


def _look_or_end(attempt: Attempt, at: datetime) -> None:
    if attempt.reference:
        look_at(attempt, now=at)
    elif attempt.expires_at <= at:
        # The provider never answered when it was begun, and its page would be closed by now.
        record(attempt.pk, Found(Standing.ENDED, attempt.amount), at=at)


def _withdraw(attempt: Attempt, checkout: Checkout, at: datetime) -> None:
    found = checkout.withdraw(attempt.reference) if attempt.reference else Found(Standing.ENDED, attempt.amount)
    record(attempt.pk, found, at=at)


def _give_back(attempt: Attempt, checkout: Checkout, at: datetime) -> None:
    email = attempt.order.resident.email
    checkout.give_back(attempt.reference, amount=attempt.amount, key=str(attempt.pk), email=email)
    with transaction.atomic():
        if Attempt.objects.filter(pk=attempt.pk, given_back_at__isnull=True).update(given_back_at=at, problem=""):
            messages.tell_returned(attempt.order, key=str(attempt.pk))


def _safely(attempt: Attempt, step: object) -> int:
    try:
        step()  # type: ignore[operator]
    except CheckoutUnavailable:
        return 0
    except CheckoutProblem as problem:
        log.exception("provider refused", attempt=str(attempt.pk), problem=type(problem).__name__)
        waiting = Attempt.objects.filter(pk=attempt.pk, given_back_at__isnull=True, give_back_after__isnull=False)
        waiting.update(problem=NOT_GIVEN_BACK)
        return 0
    return 1
