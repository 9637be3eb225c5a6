"""A payment begins: what is held, what is refused, and that nothing moves on a refusal."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from merchants.errors import TillUnknown
from payments.authorisation import PaymentRequest, authorise
from payments.errors import AmountInvalid, KeyInvalid, KeyMissing, KeyReused
from payments.models import Allocation, Payment
from payments.states import Status
from tests.factories import StoreFactory, TicketTypeFactory, TillFactory, Town, issue
from vouchers.errors import InsufficientBalance
from vouchers.models import TicketKind, Voucher

pytestmark = pytest.mark.django_db(transaction=True)


def ask(town: Town, amount: Any = 1234, *, till: str | None = None, key: str = "key-1") -> PaymentRequest:
    return PaymentRequest(
        region=town.region, wallet_id=town.wallet.pk, till=till or town.till.code, amount=amount, key=key
    )


def assert_nothing_moved() -> None:
    assert not Payment.objects.exists()
    assert not Allocation.objects.exists()
    assert Voucher.objects.all().sums()["held"] == 0


def test_a_payment_holds_its_amount_and_waits_for_the_notary() -> None:
    town = Town(balance=5000)

    payment = authorise(ask(town))

    assert payment.status == Status.PENDING
    assert payment.next_attempt_at is not None
    assert Voucher.objects.get().held == 1234
    assert Allocation.objects.get().amount == 1234


def test_one_payment_draws_on_as_many_vouchers_as_it_needs_in_spending_order() -> None:
    town = Town()
    local = TicketTypeFactory(programme=town.programme, kind=TicketKind.LOCAL, restriction=10)
    town.store.ticket_types.add(local)
    now = timezone.now()
    late = issue(town.resident, local, 1000, expires_at=now + timedelta(days=60))
    small = issue(town.resident, town.common, 300, expires_at=now + timedelta(days=30))
    large = issue(town.resident, town.common, 500, expires_at=small.expires_at)
    restricted = issue(town.resident, local, 200, expires_at=small.expires_at)

    authorise(ask(town, 1100))

    held = dict(Voucher.objects.values_list("pk", "held"))
    assert held == {restricted.pk: 200, large.pk: 500, small.pk: 300, late.pk: 100}


def test_the_same_key_gives_the_same_payment_and_holds_once() -> None:
    town = Town(balance=5000)

    first, second = authorise(ask(town)), authorise(ask(town))

    assert first.pk == second.pk
    assert Voucher.objects.get().held == 1234


def test_the_same_key_with_another_content_is_refused() -> None:
    town = Town(balance=5000)
    authorise(ask(town, 100))

    with pytest.raises(KeyReused):
        authorise(ask(town, 200))

    assert Voucher.objects.get().held == 100


@pytest.mark.parametrize("amount", [0, -1, 1_000_001, 10**30, 10.0, 10.5, "100", True, None, [100]])
def test_what_is_no_whole_number_of_yen_is_refused(amount: Any) -> None:
    town = Town(balance=5000)

    with pytest.raises(AmountInvalid):
        authorise(ask(town, amount))

    assert_nothing_moved()


def test_a_payment_without_a_key_is_refused() -> None:
    town = Town(balance=5000)

    with pytest.raises(KeyMissing):
        authorise(ask(town, key=""))

    assert_nothing_moved()


@pytest.mark.parametrize("key", ["k" * 256, "鍵", "a\nb", "a\x00"])
def test_a_key_that_is_too_long_or_not_printable_is_refused(key: str) -> None:
    town = Town(balance=5000)

    with pytest.raises(KeyInvalid):
        authorise(ask(town, key=key))

    assert_nothing_moved()


def test_a_balance_that_is_too_small_is_refused_with_what_there_is() -> None:
    town = Town(balance=500)

    with pytest.raises(InsufficientBalance) as refusal:
        authorise(ask(town, 501))

    assert refusal.value.available == 500
    assert_nothing_moved()


def test_an_expired_voucher_is_worth_nothing() -> None:
    town = Town()
    issue(town.resident, town.common, 5000, expires_at=timezone.now() + timedelta(seconds=30))

    with pytest.raises(InsufficientBalance):
        authorise(ask(town, 100), now=timezone.now() + timedelta(seconds=31))

    assert_nothing_moved()


def test_a_voucher_whose_period_has_not_begun_is_worth_nothing_yet() -> None:
    town = Town()
    later = TicketTypeFactory(programme=town.programme, use_from_at=timezone.now() + timedelta(days=1))
    town.store.ticket_types.add(later)
    issue(town.resident, later, 5000)

    with pytest.raises(InsufficientBalance):
        authorise(ask(town, 100))

    assert_nothing_moved()


def test_a_voucher_that_the_notary_does_not_know_yet_cannot_be_spent() -> None:
    town = Town()
    issue(town.resident, town.common, 5000, register=False)

    with pytest.raises(InsufficientBalance):
        authorise(ask(town, 100))

    assert_nothing_moved()


def test_a_ticket_type_that_the_store_does_not_take_is_worth_nothing_there() -> None:
    town = Town()
    issue(town.resident, TicketTypeFactory(programme=town.programme), 5000)

    with pytest.raises(InsufficientBalance) as refusal:
        authorise(ask(town, 100))

    assert refusal.value.available == 0
    assert_nothing_moved()


def test_an_unknown_till_and_one_of_another_region_give_one_answer() -> None:
    town, other = Town(balance=5000), Town()

    for code in ("ZZZZZZZZ", other.till.code, ""):
        with pytest.raises(TillUnknown):
            authorise(ask(town, 100, till=code or " "))

    assert_nothing_moved()


def test_a_closed_till_or_store_takes_no_payment() -> None:
    town = Town(balance=5000)
    closed_till = TillFactory(store=town.store, is_active=False)
    closed_store = TillFactory(store=StoreFactory(region=town.region, is_active=False))

    for till in (closed_till, closed_store):
        with pytest.raises(TillUnknown):
            authorise(ask(town, 100, till=till.code))

    assert_nothing_moved()


def test_a_code_is_read_as_people_type_it() -> None:
    town = Town(balance=5000)
    code = town.till.code.lower()

    payment = authorise(ask(town, 100, till=f" {code[:4]}-{code[4:]} "))

    assert payment.till == town.till
