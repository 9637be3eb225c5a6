"""The customer's side of the one-time code: issued for a minute, looked at, answered when the shop asks."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import salted_hmac

from payments.authorisation import PaymentRequest
from payments.cpm import new_digits
from payments.errors import CodeExpired, CodeUnknown, CodeUsed
from payments.models import PayCode, Payment
from payments.outcomes import CHANNEL
from payments.paying import pay
from regions.devices import Device
from regions.models import Region
from regions.prepared import fetch

SALT = "hansatsu.pay-code"
LIVES = timedelta(seconds=60)
ANSWER_WITHIN = timedelta(seconds=60)

# The payment takes the code: a fresh one, or one whose owner says yes in time.
TAKE = """
    UPDATE payments_paycode SET payment_id = %(payment)s, used_at = %(at)s, till_id = %(till)s, amount = %(amount)s
    WHERE id = %(code)s AND used_at IS NULL AND refused_at IS NULL
      AND ((asked_at IS NULL AND expires_at > %(at)s) OR (%(is_answer)s AND answer_until > %(at)s))
    RETURNING pg_notify(%(channel)s, id::text)
"""


class CodeState(StrEnum):
    """What becomes of a code."""

    OPEN = "open"
    ASKED = "asked"
    USED = "used"
    REFUSED = "refused"
    EXPIRED = "expired"


def issue_code(*, region: Region, wallet_id: UUID, device: Device, now: datetime | None = None) -> tuple[PayCode, str]:
    """A new code and its digits, which are kept nowhere. It lives for a minute, and only with this sign-in."""
    at, digits = now or timezone.now(), new_digits()
    code = PayCode.objects.create(
        region=region,
        wallet_id=wallet_id,
        device=device,
        digest=digest_of(digits),
        issued_at=at,
        expires_at=at + LIVES,
    )
    return code, digits


def digest_of(digits: str) -> str:
    """Keyed, because ten digits alone could be tried out against a copy of the table."""
    return salted_hmac(SALT, digits, algorithm="sha256").hexdigest()


def find_code(code_id: UUID, *, wallet_id: UUID, device: Device) -> PayCode:
    """The person's own code of this sign-in; raise CodeUnknown."""
    codes = PayCode.objects.filter(pk=code_id, wallet_id=wallet_id, device=device)
    found: PayCode | None = codes.select_related("region", "till__store", "payment").first()
    if found is None:
        raise CodeUnknown
    return found


def state_of(code: PayCode, *, now: datetime | None = None) -> CodeState:
    """Its state at the moment, as it was read."""
    at = now or timezone.now()
    if code.used_at:
        return CodeState.USED
    if code.refused_at:
        return CodeState.REFUSED
    if code.answer_until:
        return CodeState.ASKED if code.answer_until > at else CodeState.EXPIRED
    return CodeState.OPEN if code.expires_at > at else CodeState.EXPIRED


def confirm_code(code: PayCode, *, until: float | None = None) -> Payment:
    """The customer says yes: the payment that the shop asked for, waited for as `pay` does. Idempotent.

    Refusals besides those of `pay`: CodeUsed if it was refused before, CodeExpired, CodeUnknown if nothing was asked.
    """
    if code.till is None or code.amount is None:
        raise CodeUnknown
    return pay(payment_of(code, till=code.till.code, amount=code.amount, is_answer=True), until=until)


def refuse_code(code: PayCode, *, now: datetime | None = None) -> bool:
    """The customer says no; return whether that was in time. Nothing is taken, and nothing can be any more."""
    waiting = PayCode.objects.filter(pk=code.pk, used_at=None, refused_at=None, asked_at__isnull=False)
    return bool(waiting.update(refused_at=now or timezone.now()))


def payment_of(code: PayCode, *, till: str, amount: int, is_answer: bool) -> PaymentRequest:
    """The payment by a code. Its key is the code's, so there can never be two."""
    claim = partial(_take, code, is_answer)
    return PaymentRequest(code.region, code.wallet_id, till, amount, key=f"code:{code.pk}", claim=claim)


def _take(code: PayCode, is_answer: bool, payment: Payment) -> None:
    """The code becomes this payment's, or raise why not."""
    facts = {
        "payment": payment.pk,
        "at": payment.authorised_at,
        "till": payment.till_id,
        "amount": payment.amount,
        "code": code.pk,
        "is_answer": is_answer,
        "channel": CHANNEL,
    }
    if fetch(TAKE, facts):
        return
    current = PayCode.objects.get(pk=code.pk)
    raise CodeExpired if state_of(current, now=payment.authorised_at) is CodeState.EXPIRED else CodeUsed
