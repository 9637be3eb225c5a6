"""Card and convenience store through Stripe's hosted Checkout pages, by Stripe's own library.

The person leaves for Stripe's page and comes back, so no script of a third party runs on ours. What is
true comes by webhook, or by asking; coming back proves nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import stripe
from stripe import RequestsClient

from vouchers.checkout.errors import (
    CheckoutRefused,
    CheckoutUnavailable,
    CheckoutUnknown,
    EventForged,
    KeyUsedOtherwise,
)
from vouchers.checkout.port import CURRENCY, Begun, Charge, Found, Method, Standing

T = TypeVar("T")

# Seconds: to connect, and to wait for the answer. A person waits for it.
TIMEOUT = (3.05, 8.0)
RETRIES = 1
WITH_INTENT: Any = {"expand": ["payment_intent"]}
# What an event of this kind says when the session in it has not been paid.
UNPAID: Mapping[str, Standing] = {
    "checkout.session.completed": Standing.WAITING,
    "checkout.session.async_payment_failed": Standing.ENDED,
    "checkout.session.expired": Standing.ENDED,
}
PAID_KINDS = ("checkout.session.completed", "checkout.session.async_payment_succeeded")


@dataclass(frozen=True, slots=True)
class Event:
    """A message of the provider: its own id, our key of the charge, and what it says; None if that is not for us."""

    id: str
    kind: str
    key: str
    reference: str
    found: Found | None


class StripeCheckout:
    """Needs a secret key; `base` is another address of the API, for a test or a demo."""

    name = "stripe"
    methods = (Method.KONBINI, Method.CARD)

    def __init__(self, *, secret_key: str, base: str = "") -> None:
        self._stripe = stripe.StripeClient(
            secret_key,
            base_addresses={"api": base} if base else {},
            http_client=RequestsClient(timeout=TIMEOUT),
            max_network_retries=RETRIES,
        )

    def begin(self, charge: Charge) -> Begun:
        params = cast(Any, _session_params(charge))
        session = self._ask(
            lambda: self._stripe.v1.checkout.sessions.create(params, {"idempotency_key": f"begin-{charge.key}"})
        )
        return Begun(reference=session.id, url=session.url or "")

    def look(self, reference: str) -> Found:
        return _found(self._session(reference))

    def withdraw(self, reference: str) -> Found:
        session = self._session(reference)
        found = _found(session)
        if found.standing == Standing.OPEN:
            self._end(lambda: self._stripe.v1.checkout.sessions.expire(reference))
        elif found.standing == Standing.WAITING:
            intent = cast(Any, session.payment_intent)
            self._end(lambda: self._stripe.v1.payment_intents.cancel(intent.id))
        else:
            return found
        return self.look(reference)

    def give_back(self, reference: str, *, amount: int, key: str, email: str = "") -> None:
        intent = cast(Any, self._session(reference).payment_intent)
        if intent is None:
            raise CheckoutRefused("nothing_paid")
        params: Any = {"payment_intent": intent.id, "amount": amount}
        if email and "konbini" in intent.payment_method_types:
            # Cash came in, so Stripe writes to the person and asks for a bank account.
            params["instructions_email"] = email
        self._ask(lambda: self._stripe.v1.refunds.create(params, {"idempotency_key": f"return-{key}"}))

    def _session(self, reference: str) -> Any:
        return self._ask(lambda: self._stripe.v1.checkout.sessions.retrieve(reference, WITH_INTENT))

    def _end(self, call: Callable[[], object]) -> None:
        try:
            self._ask(call)
        except CheckoutRefused:
            # It was paid, or had ended, a moment before; looking again tells which.
            return

    def _ask(self, call: Callable[[], T]) -> T:
        with _our_errors():
            return call()


def read_event(body: bytes, signature: str, *, secret: str) -> Event:
    """The event in a webhook's body; raise EventForged unless the provider signed it minutes ago at most."""
    try:
        event: Any = stripe.Webhook.construct_event(body, signature, secret)
    except (stripe.SignatureVerificationError, ValueError) as problem:
        raise EventForged from problem
    if not event.type.startswith("checkout.session."):
        return Event(event.id, event.type, "", "", None)
    session = event.data.object
    found = Found(_standing_said(event.type, session), session.amount_total or 0, session.currency or "")
    return Event(event.id, event.type, session.client_reference_id or "", session.id, found)


def _standing_said(kind: str, session: Any) -> Standing:
    if kind in PAID_KINDS and session.payment_status == "paid":
        return Standing.PAID
    return UNPAID.get(kind, Standing.OPEN)


def _session_params(charge: Charge) -> dict[str, Any]:
    params: dict[str, Any] = {
        "mode": "payment",
        "payment_method_types": [str(charge.method)],
        "client_reference_id": charge.key,
        "metadata": {"order": charge.order},
        "payment_intent_data": {"metadata": {"order": charge.order}, "description": charge.number},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": CURRENCY,
                    # Yen have no smaller unit: the amount is whole yen.
                    "unit_amount": charge.amount,
                    "product_data": {"name": charge.description},
                },
            }
        ],
        "locale": "ja",
        "success_url": charge.return_url,
        "cancel_url": charge.return_url,
        "expires_at": int(charge.expires_at.timestamp()),
    }
    if charge.method == Method.KONBINI:
        params["payment_method_options"] = {"konbini": {"expires_after_days": charge.konbini_days}}
    return params


def _found(session: Any) -> Found:
    standing, url = _standing(session)
    return Found(standing, session.amount_total, session.currency, url)


def _standing(session: Any) -> tuple[Standing, str]:
    if session.payment_status == "paid":
        return Standing.PAID, ""
    if session.status == "open":
        return Standing.OPEN, session.url or ""
    intent = session.payment_intent
    if session.status == "complete" and intent is not None and intent.status in ("requires_action", "processing"):
        return Standing.WAITING, _voucher_page(intent)
    return Standing.ENDED, ""


def _voucher_page(intent: Any) -> str:
    action = intent.next_action
    details = getattr(action, "konbini_display_details", None) if action else None
    return (details.hosted_voucher_url or "") if details else ""


@contextmanager
def _our_errors() -> Iterator[None]:
    """The library's errors as ours: which of them may be asked again is decided here."""
    try:
        yield
    except stripe.IdempotencyError as problem:
        raise KeyUsedOtherwise from problem
    except stripe.InvalidRequestError as problem:
        if problem.code == "resource_missing":
            raise CheckoutUnknown from problem
        raise CheckoutRefused(problem.code or "invalid_request") from problem
    except (stripe.AuthenticationError, stripe.PermissionError, stripe.CardError) as problem:
        raise CheckoutRefused(problem.code or type(problem).__name__) from problem
    except stripe.StripeError as problem:
        raise CheckoutUnavailable from problem
