"""The shop's side of the customer's one-time code: scanned or typed, and paid, or the customer asked first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from merchants.models import Till
from payments.cpm import read_code
from payments.errors import CodeElsewhere, CodeExpired, CodeShort, CodeUnknown, CodeUsed, KeyReused, TooManyGuesses
from payments.models import PayCode, Payment
from payments.pay_codes import ANSWER_WITHIN, CodeState, digest_of, payment_of, state_of
from payments.paying import pay
from payments.requests import check_amount
from payments.waiting import wait_for_news
from regions.devices import is_signed_in
from regions.prepared import fetch
from vouchers.errors import InsufficientBalance

WRONG_MAX = 10
WINDOW = timedelta(minutes=5)

# Counted before the look, so that of a hundred guesses at once ten are looked at.
COUNT_GUESS = """
    INSERT INTO payments_codeguesses AS guesses (till_id, region_id, since, wrong)
    VALUES (%(till)s, %(region)s, %(at)s, 1)
    ON CONFLICT (till_id) DO UPDATE SET
        wrong = CASE WHEN guesses.since < %(begin)s THEN 1 ELSE guesses.wrong + 1 END,
        since = CASE WHEN guesses.since < %(begin)s THEN %(at)s ELSE guesses.since END
    WHERE guesses.wrong < %(max)s OR guesses.since < %(begin)s
    RETURNING wrong
"""
FORGET_GUESS = "UPDATE payments_codeguesses SET wrong = greatest(wrong - 1, 0) WHERE till_id = %s"


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What a shop asks for: whole yen at its till, from whoever showed what was scanned or typed."""

    till: Till
    text: str
    amount: int


def take_code(request: CodeRequest, *, until: float | None = None, now: datetime | None = None) -> PayCode:
    """Pay with the code, or ask its owner first above the region's limit; the code says which (`state_of`).

    Idempotent on (code, till, amount): the same again is told what has become of it. Refusals, nothing taken:
    AmountInvalid, CodeUnreadable, CodeElsewhere, TooManyGuesses, CodeUnknown, CodeUsed, CodeExpired, CodeShort,
    and what `pay` refuses. The till comes with its region.
    """
    region = request.till.region
    amount = check_amount(request.amount, limit=region.payment_limit)
    shown = read_code(request.text)
    if shown.region not in ("", region.slug):
        raise CodeElsewhere
    at = now or timezone.now()
    code = _find(request.till, shown.digits, at)
    if code.till_id is not None:
        return _told_again(code, request)
    if state_of(code, now=at) is CodeState.EXPIRED or not is_signed_in(code.device):
        raise CodeExpired
    if amount > region.code_confirm_above:
        _ask(code, request, at)
    else:
        _pay(code, request, until)
    return _read(code.pk)


def wait_for_answer(code: PayCode, *, until: float) -> PayCode:
    """The code once its owner has answered and the payment is decided, at the latest at `until`."""

    def is_over() -> bool:
        nonlocal code
        code = _read(code.pk)
        return state_of(code) is not CodeState.ASKED and not (code.payment and code.payment.is_in_doubt)

    wait_for_news(code.pk, is_over, until=until)
    return code


def find_taken(code_id: UUID, *, tills: QuerySet[Till]) -> PayCode:
    """A code that one of the tills has taken; raise CodeUnknown."""
    found = _codes().filter(pk=code_id, till__in=tills).first()
    if found is None:
        raise CodeUnknown
    code: PayCode = found
    return code


def _find(till: Till, digits: str, at: datetime) -> PayCode:
    """The region's code of these digits; raise TooManyGuesses or CodeUnknown."""
    facts = {"till": till.pk, "region": till.region_id, "at": at, "begin": at - WINDOW, "max": WRONG_MAX}
    if not fetch(COUNT_GUESS, facts):
        raise TooManyGuesses(retry_after=int(WINDOW.total_seconds()))
    found = _codes().filter(region=till.region_id, digest=digest_of(digits)).first()
    if found is None:
        raise CodeUnknown
    fetch(FORGET_GUESS, [till.pk])
    code: PayCode = found
    return code


def _told_again(code: PayCode, request: CodeRequest) -> PayCode:
    if (code.till_id, code.amount) != (request.till.pk, request.amount):
        raise CodeUsed
    return code


def _pay(code: PayCode, request: CodeRequest, until: float | None) -> Payment:
    try:
        return pay(payment_of(code, till=request.till.code, amount=request.amount, is_answer=False), until=until)
    except KeyReused as problem:
        # Another till, or another amount, was first.
        raise CodeUsed from problem
    except InsufficientBalance as problem:
        raise CodeShort from problem


def _ask(code: PayCode, request: CodeRequest, at: datetime) -> None:
    """Of two tills that ask, one update finds the code free."""
    free = PayCode.objects.filter(pk=code.pk, asked_at=None, used_at=None, expires_at__gt=at)
    asked = {"till": request.till, "amount": request.amount, "asked_at": at, "answer_until": at + ANSWER_WITHIN}
    if not free.update(**asked):
        _told_again(_read(code.pk), request)


def _read(code_id: UUID) -> PayCode:
    code: PayCode = _codes().get(pk=code_id)
    return code


def _codes() -> QuerySet[PayCode]:
    return PayCode.objects.select_related("region", "device", "till__store", "payment__store", "payment__till")
