"""The customer's one-time code: one payment within a minute, asked above a limit, and each refusal by name."""

from collections import Counter
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from payments.authorisation import PaymentRequest, authorise
from payments.code_clearing import clear_codes
from payments.code_payments import WRONG_MAX, CodeRequest, take_code
from payments.cpm import new_digits, write_code
from payments.errors import (
    AmountInvalid,
    CodeElsewhere,
    CodeExpired,
    CodeShort,
    CodeUnknown,
    CodeUnreadable,
    CodeUsed,
    TooManyGuesses,
)
from payments.models import CodeGuesses, PayCode, Payment
from payments.pay_codes import CodeState, confirm_code, find_code, issue_code, refuse_code, state_of
from payments.verification import verify_due
from tests.concurrency.test_parallel_payments import at_once
from tests.factories import TillFactory, Town
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def impatient(settings: object) -> None:
    """Nobody verifies while a test's payment waits."""
    settings.PAYMENT_BUDGET = 0  # type: ignore[attr-defined]


def device_in(town: Town) -> UserSession:
    session = SessionStore()
    session.create()
    device: UserSession = UserSession.objects.create(
        user=town.user, session_key=session.session_key, ip="127.0.0.1", user_agent="telephone"
    )
    return device


def issue(town: Town, device: UserSession | None = None) -> tuple[PayCode, str]:
    return issue_code(region=town.region, wallet_id=town.wallet.pk, device=device or device_in(town))


def take(town: Town, text: str, amount: object = 1_200, *, till: object = None) -> PayCode:
    return take_code(CodeRequest(till or town.till, text, amount))  # type: ignore[arg-type]


def assert_nothing_taken() -> None:
    assert not Payment.objects.exists()
    assert Voucher.objects.all().sums()["held"] == 0


def aged(code: PayCode, **columns: object) -> None:
    PayCode.objects.filter(pk=code.pk).update(**columns)


def test_a_code_pays_once_at_the_till_that_takes_it() -> None:
    town = Town(balance=5_000)
    code, digits = issue(town)

    taken = take(town, f"{digits[:5]} {digits[5:]}")
    verify_due(town.region.notary)

    payment = Payment.objects.get()
    assert (payment.amount, payment.till, payment.status) == (1_200, town.till, "completed")
    assert (taken.payment_id, state_of(taken)) == (payment.pk, CodeState.USED)
    assert taken.pk == code.pk


def test_what_the_qr_says_is_the_same_as_the_digits() -> None:
    town = Town(balance=5_000)
    _code, digits = issue(town)

    assert take(town, write_code(region=town.region.slug, digits=digits)).payment is not None


def test_the_digits_are_nowhere_in_the_database() -> None:
    code, digits = issue(Town())

    assert digits not in str(list(PayCode.objects.filter(pk=code.pk).values()))


def test_the_same_again_is_told_the_same_and_pays_nothing_more() -> None:
    town = Town(balance=5_000)
    _code, digits = issue(town)

    assert take(town, digits).payment_id == take(town, digits).payment_id
    assert Payment.objects.count() == 1


def test_a_used_code_is_used_for_everybody_else() -> None:
    town = Town(balance=5_000)
    _code, digits = issue(town)
    take(town, digits)

    with pytest.raises(CodeUsed):
        take(town, digits, 300)
    with pytest.raises(CodeUsed):
        take(town, digits, till=TillFactory(store=town.store))

    assert Payment.objects.count() == 1


def test_after_its_minute_it_is_expired() -> None:
    town = Town(balance=5_000)
    code, digits = issue(town)
    past = timezone.now() - timedelta(seconds=61)
    aged(code, issued_at=past, expires_at=past + timedelta(seconds=60))

    with pytest.raises(CodeExpired):
        take(town, digits)

    assert_nothing_taken()


def test_it_ends_with_the_sign_in_on_its_device() -> None:
    town = Town(balance=5_000)
    device = device_in(town)
    _code, digits = issue(town, device)
    SessionStore(device.session_key).delete()

    with pytest.raises(CodeExpired):
        take(town, digits)

    assert_nothing_taken()


def test_another_device_of_the_same_person_cannot_answer_for_it() -> None:
    town = Town(balance=50_000)
    code, _digits = issue(town)

    with pytest.raises(CodeUnknown):
        find_code(code.pk, wallet_id=town.wallet.pk, device=device_in(town))


def test_a_wrong_code_one_of_another_region_and_no_code_have_their_own_refusals() -> None:
    town, other = Town(balance=5_000), Town(balance=5_000)
    _code, digits = issue(other)

    with pytest.raises(CodeUnknown):
        take(town, new_digits())
    with pytest.raises(CodeUnknown):
        take(town, digits)
    with pytest.raises(CodeElsewhere):
        take(town, write_code(region=other.region.slug, digits=digits))
    with pytest.raises(CodeUnreadable):
        take(town, "1234567890")
    with pytest.raises(AmountInvalid):
        take(town, digits, "100")

    assert_nothing_taken()


def test_who_has_too_little_pays_nothing_and_the_shop_does_not_hear_how_much_there_is() -> None:
    town = Town(balance=100)
    code, digits = issue(town)

    with pytest.raises(CodeShort) as refused:
        take(town, digits)

    assert vars(refused.value) == {}
    assert state_of(PayCode.objects.get(pk=code.pk)) is CodeState.OPEN
    assert_nothing_taken()


def test_guesses_at_a_till_are_limited_and_right_codes_do_not_count() -> None:
    town = Town(balance=5_000)
    for _ in range(WRONG_MAX + 2):
        take(town, issue(town)[1], 10)
    for _ in range(WRONG_MAX):
        with pytest.raises(CodeUnknown):
            take(town, new_digits())

    with pytest.raises(TooManyGuesses):
        take(town, issue(town)[1], 10)
    assert take(town, issue(town)[1], 10, till=TillFactory(store=town.store)).payment
    CodeGuesses.objects.update(since=timezone.now() - timedelta(minutes=6))
    assert take(town, issue(town)[1], 10).payment


def test_fifty_guesses_at_once_are_not_more_than_ten() -> None:
    town = Town()

    def guess(_number: int) -> str:
        try:
            take(town, new_digits())
        except (CodeUnknown, TooManyGuesses) as refused:
            return type(refused).__name__
        return "found"

    assert Counter(at_once(50, guess)) == {"CodeUnknown": WRONG_MAX, "TooManyGuesses": 50 - WRONG_MAX}


def test_above_the_limit_nothing_is_taken_until_the_customer_says_yes() -> None:
    town = Town(balance=50_000)
    _code, digits = issue(town)

    asked = take(town, digits, 6_200)
    assert state_of(asked) is CodeState.ASKED
    assert_nothing_taken()
    payment = confirm_code(asked)

    assert (payment.amount, payment.till) == (6_200, town.till)
    assert confirm_code(PayCode.objects.get(pk=asked.pk)).pk == payment.pk
    assert take(town, digits, 6_200).payment_id == payment.pk


@pytest.mark.parametrize("amount", [5_000, 5_001])
def test_the_limit_itself_is_not_above_it(amount: int) -> None:
    town = Town(balance=50_000)

    assert (take(town, issue(town)[1], amount).payment is None) == (amount > 5_000)


def test_a_no_is_final() -> None:
    town = Town(balance=50_000)
    code, digits = issue(town)
    asked = take(town, digits, 6_200)

    assert refuse_code(asked)

    with pytest.raises(CodeUsed):
        confirm_code(asked)
    assert state_of(take(town, digits, 6_200)) is CodeState.REFUSED
    assert state_of(PayCode.objects.get(pk=code.pk)) is CodeState.REFUSED
    assert_nothing_taken()


def test_without_an_answer_in_time_nothing_is_taken() -> None:
    town = Town(balance=50_000)
    asked = take(town, issue(town)[1], 6_200)
    aged(asked, answer_until=timezone.now() - timedelta(seconds=1))

    with pytest.raises(CodeExpired):
        confirm_code(asked)

    assert state_of(PayCode.objects.get(pk=asked.pk)) is CodeState.EXPIRED
    assert_nothing_taken()


def test_nobody_answers_what_was_not_asked() -> None:
    code, _digits = issue(Town(balance=5_000))

    with pytest.raises(CodeUnknown):
        confirm_code(code)
    assert not refuse_code(code)


@pytest.mark.parametrize("amount", [1_200, 6_200])
def test_one_code_at_two_tills_at_once_is_one_payment_or_one_question(amount: int) -> None:
    town = Town(balance=50_000)
    tills = [town.till, *(TillFactory(store=town.store) for _ in range(5))]
    _code, digits = issue(town)

    def scan(number: int) -> str:
        try:
            return str(state_of(take(town, digits, amount, till=tills[number])))
        except CodeUsed:
            return "refused"

    answers = Counter(at_once(6, scan))

    assert answers == {"used" if amount == 1_200 else "asked": 1, "refused": 5}
    assert Payment.objects.count() == (1 if amount == 1_200 else 0)


def test_without_claim_and_key_of_the_code_the_same_race_pays_twice() -> None:
    """The sibling: a payment with a key of its own, as a code's payment must not be made."""
    town = Town(balance=50_000)
    code, _digits = issue(town)

    def look_then_pay(number: int) -> str:
        assert state_of(code) is CodeState.OPEN
        return authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, 1_200, f"till {number}")).status

    assert at_once(2, look_then_pay) == ["pending", "pending"]


def test_codes_that_came_to_nothing_are_forgotten_and_paid_ones_are_not() -> None:
    town = Town(balance=5_000)
    unused, paid = issue(town)[0], take(town, issue(town)[1])
    old = timezone.now() - timedelta(days=2)
    aged(unused, issued_at=old, expires_at=old + timedelta(minutes=1))
    aged(paid, issued_at=old, expires_at=old + timedelta(minutes=1))

    assert clear_codes() == 1
    assert list(PayCode.objects.all()) == [paid]
