"""People at the admin sites, signed in as they would be after their second factor, and what they pay with."""

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from payments.authorisation import PaymentRequest, authorise
from payments.models import Payment, Refund
from payments.refund_verification import verify_refunds
from payments.refunds import RefundRequest, refund_payment
from payments.verification import verify_due
from regions.models import User
from tests.factories import Town


def signed_in(user: User) -> Client:
    """A browser in which the person has signed in, second factor included."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": 0}]
    session.save()
    return client


def paid(town: Town, amount: int, *, key: str | None = None) -> Payment:
    """A completed payment at the town's till."""
    payment = pending(town, amount, key=key)
    verify_due(town.region.notary)
    payment.refresh_from_db()
    return payment


def pending(town: Town, amount: int, *, key: str | None = None) -> Payment:
    """A payment that the notary has not been asked about yet."""
    number = Payment.objects.count()
    return authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, amount, key or f"key {number}"))


def refunded(payment: Payment, amount: int, *, by: User, reason: str = "打ち間違い") -> Refund:
    """A refund that the notary has agreed to."""
    key = f"refund {payment.refunds.count()}"
    refund = refund_payment(RefundRequest(payment_id=payment.pk, amount=amount, reason=reason, by=by, key=key))
    verify_refunds(payment.region.notary)
    refund.refresh_from_db()
    return refund
