"""A till's charge: paid by one payment whoever scans it, cancelled before and after, and never for nothing."""

from collections import Counter
from datetime import timedelta
from threading import Barrier

import pytest
from django.utils import timezone

from merchants.emv import read_till
from merchants.errors import TillUnknown
from merchants.models import TillKey
from merchants.qr import platform_identifier
from merchants.till_keys import make_key
from notary.client.values import Void
from payments.authorisation import PaymentRequest, authorise
from payments.charges import (
    ChargeRequest,
    ChargeState,
    address_of,
    cancel_charge,
    find_charge,
    find_charge_of,
    make_charge,
    pay_charge,
    payload_of,
    state_of,
)
from payments.errors import (
    AmountInvalid,
    ChargeGone,
    ChargeInProgress,
    ChargeTaken,
    ChargeUnknown,
    KeyReused,
    TimeInvalid,
)
from payments.models import Charge, Payment
from payments.refund_verification import verify_refunds
from payments.verification import verify_due
from tests.concurrency.test_parallel_payments import at_once
from tests.factories import ResidentFactory, Town, issue
from tests.notaries import FaultyNotary
from vouchers.errors import InsufficientBalance
from vouchers.models import Voucher, Wallet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def impatient(settings: object) -> None:
    """Nobody verifies while a test's payment waits."""
    settings.PAYMENT_BUDGET = 0  # type: ignore[attr-defined]


def key_of(town: Town) -> TillKey:
    return make_key(merchant=town.store.merchant, name="POS", by=town.shop_person())[0]


def charge_of(town: Town, amount: int = 1_200, *, key: str = "sale 1", made_with: TillKey | None = None) -> Charge:
    return make_charge(ChargeRequest(made_with or key_of(town), town.region, town.till.code, amount, key))


def second_wallet(town: Town, balance: int = 5_000) -> Wallet:
    resident = ResidentFactory(region=town.region)
    issue(resident, town.common, balance)
    wallet: Wallet = resident.wallet
    return wallet


def fresh(charge: Charge) -> Charge:
    return find_charge(charge.region, charge.token)


def test_a_charge_is_paid_whole_and_its_till_hears_of_it() -> None:
    town = Town(balance=5_000)
    charge = charge_of(town)
    assert state_of(charge) is ChargeState.OPEN

    payment = pay_charge(charge, wallet_id=town.wallet.pk, key="k")
    assert (payment.amount, payment.till.code, state_of(fresh(charge))) == (1_200, town.till.code, "checking")
    verify_due(town.region.notary)

    assert state_of(fresh(charge)) is ChargeState.PAID


def test_its_code_says_till_amount_and_name_in_both_forms() -> None:
    charge = charge_of(Town())

    read = read_till(payload_of(charge), identifier=platform_identifier())

    assert (read.till, read.amount, read.reference) == (charge.till.code, 1_200, charge.token)
    assert read.address == address_of(charge)


def test_the_same_request_is_the_same_charge_and_another_with_its_key_is_none() -> None:
    town = Town()
    made_with = key_of(town)
    first = charge_of(town, made_with=made_with)

    assert charge_of(town, made_with=made_with) == first
    with pytest.raises(KeyReused):
        charge_of(town, 1_300, made_with=made_with)
    assert charge_of(town, made_with=key_of(town)) != first


@pytest.mark.parametrize("amount", [0, -1, 1.5, "100", None, True, 10**9])
def test_an_amount_that_is_none_is_refused(amount: object) -> None:
    with pytest.raises(AmountInvalid):
        charge_of(Town(), amount)  # type: ignore[arg-type]


@pytest.mark.parametrize("lives", [0, 29, 3601, "60", 60.0, True])
def test_a_time_that_is_none_is_refused(lives: object) -> None:
    town = Town()
    with pytest.raises(TimeInvalid):
        make_charge(ChargeRequest(key_of(town), town.region, town.till.code, 1, "k", lives))  # type: ignore[arg-type]


def test_a_key_reaches_its_own_merchants_tills_and_charges_only() -> None:
    town, other = Town(), Town()
    key = key_of(other)

    with pytest.raises(TillUnknown):
        make_charge(ChargeRequest(key, town.region, town.till.code, 100, "k"))
    charge = charge_of(town)
    with pytest.raises(ChargeUnknown):
        find_charge_of(key, charge.pk)
    with pytest.raises(ChargeUnknown):
        find_charge(other.region, charge.token)


def test_the_second_who_scans_is_told_and_nothing_of_theirs_is_held() -> None:
    town = Town(balance=5_000)
    charge, other = charge_of(town), second_wallet(town)
    pay_charge(charge, wallet_id=town.wallet.pk, key="k")

    with pytest.raises(ChargeTaken):
        pay_charge(charge, wallet_id=other.pk, key="k")

    assert Payment.objects.count() == 1
    assert Voucher.objects.filter(wallet=other).sums()["held"] == 0


def test_who_cannot_pay_leaves_it_to_who_can() -> None:
    town = Town(balance=500)
    charge, other = charge_of(town), second_wallet(town)

    with pytest.raises(InsufficientBalance):
        pay_charge(charge, wallet_id=town.wallet.pk, key="k")

    assert state_of(fresh(charge)) is ChargeState.OPEN
    assert pay_charge(charge, wallet_id=other.pk, key="k").wallet_id == other.pk


def test_after_a_payment_that_came_to_nothing_it_can_be_paid_again(notary: FaultyNotary) -> None:
    town = Town()
    issue(town.resident, town.common, 5_000)
    charge, other = charge_of(town), second_wallet(town)
    first = pay_charge(charge, wallet_id=town.wallet.pk, key="k")
    notary.decide([Void(id=first.pk)], budget=1)
    verify_due(town.region.notary)
    assert Payment.objects.get().status == "declined"
    assert state_of(fresh(charge)) is ChargeState.OPEN

    pay_charge(charge, wallet_id=other.pk, key="k")
    verify_due(town.region.notary)

    assert state_of(fresh(charge)) is ChargeState.PAID


def test_after_its_time_nobody_can_pay_it() -> None:
    town = Town(balance=5_000)
    charge = charge_of(town)
    past = timezone.now() - timedelta(minutes=10)
    Charge.objects.filter(pk=charge.pk).update(made_at=past, expires_at=past + timedelta(minutes=5))

    with pytest.raises(ChargeGone):
        pay_charge(charge, wallet_id=town.wallet.pk, key="k")

    assert state_of(fresh(charge)) is ChargeState.EXPIRED
    assert not Payment.objects.exists()


def test_cancelled_before_it_is_paid_it_is_gone() -> None:
    town = Town(balance=5_000)
    charge = charge_of(town)

    assert [cancel_charge(charge), cancel_charge(charge)] == [None, None]

    with pytest.raises(ChargeGone):
        pay_charge(charge, wallet_id=town.wallet.pk, key="k")
    assert state_of(fresh(charge)) is ChargeState.CANCELLED


def test_cancelled_after_it_was_paid_the_whole_is_given_back_once() -> None:
    town = Town(balance=5_000)
    charge = charge_of(town)
    pay_charge(charge, wallet_id=town.wallet.pk, key="k")
    with pytest.raises(ChargeInProgress):
        cancel_charge(charge)
    verify_due(town.region.notary)

    refund, again = cancel_charge(fresh(charge)), cancel_charge(fresh(charge))
    verify_refunds(town.region.notary)

    assert refund == again
    assert refund is not None
    assert refund.amount == 1_200
    assert refund.requested_by == charge.made_with.made_by
    assert state_of(fresh(charge)) is ChargeState.REFUNDED
    assert Voucher.objects.get().available == 5_000


def test_ten_people_who_scan_at_once_are_one_payment() -> None:
    town = Town()
    charge, wallets = charge_of(town), [second_wallet(town) for _ in range(10)]

    def scan(number: int) -> str:
        try:
            return str(pay_charge(charge, wallet_id=wallets[number].pk, key="k").status)
        except ChargeTaken:
            return "taken"

    answers = Counter(at_once(10, scan))

    assert answers == {"pending": 1, "taken": 9}
    assert Payment.objects.count() == 1
    assert Voucher.objects.all().sums()["held"] == 1_200


def test_without_the_claim_the_same_race_pays_twice() -> None:
    """The sibling: look whether it is free, then pay, as it must not be done."""
    town = Town()
    charge, wallets = charge_of(town), [second_wallet(town) for _ in range(2)]
    barrier = Barrier(2)

    def look_then_pay(number: int) -> str:
        if state_of(fresh(charge)) is not ChargeState.OPEN:
            return "taken"
        barrier.wait()
        return str(authorise(PaymentRequest(town.region, wallets[number].pk, town.till.code, 1_200, "k")).status)

    assert at_once(2, look_then_pay) == ["pending", "pending"]


def test_paying_and_cancelling_at_once_end_in_one_of_the_two() -> None:
    town = Town(balance=50_000)
    made_with = key_of(town)

    def either(number: int, charge: Charge) -> str:
        try:
            if number:
                cancel_charge(charge)
                return "cancelled"
            pay_charge(charge, wallet_id=town.wallet.pk, key="k")
        except (ChargeGone, ChargeInProgress) as refused:
            return type(refused).__name__
        return "paid"

    for turn in range(8):
        charge = charge_of(town, 100, key=f"sale {turn}", made_with=made_with)
        assert set(at_once(2, lambda number, charge=charge: either(number, charge))) in (  # type: ignore[misc]
            {"paid", "ChargeInProgress"},
            {"ChargeGone", "cancelled"},
        )
