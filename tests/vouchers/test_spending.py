"""Value set aside, spent and expired; the order in which vouchers are drawn; the ledger that cannot be changed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from regions.ids import new_id
from tests.factories import Town, issue
from vouchers.errors import InsufficientBalance
from vouchers.models import LedgerEntry, Voucher
from vouchers.registration import close_due, register_due
from vouchers.spending import expire_due, hold, plan_draws

YEN = st.integers(min_value=1, max_value=100_000)


@given(available=st.lists(YEN, max_size=8), amount=YEN)
def test_draws_cover_the_amount_exactly_in_order_and_empty_each_voucher_before_the_next(
    available: list[int], amount: int
) -> None:
    vouchers = [(new_id(), yen) for yen in available]

    if sum(available) < amount:
        with pytest.raises(InsufficientBalance) as refusal:
            plan_draws(vouchers, amount)
        assert refusal.value.available == sum(available)
        return
    draws = plan_draws(vouchers, amount)

    assert sum(draw.amount for draw in draws) == amount
    assert [draw.voucher_id for draw in draws] == [voucher for voucher, _ in vouchers[: len(draws)]]
    assert all(draw.amount == yen for draw, yen in zip(draws[:-1], available, strict=False))
    assert all(draw.amount > 0 for draw in draws)


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_overdraw_a_voucher_whoever_writes() -> None:
    issue(Town().resident, Town().common, 500)

    for change in ({"held": 501}, {"spent": 501}, {"expired": 501}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Voucher.objects.update(**change)


@pytest.mark.django_db(transaction=True)
def test_the_ledger_is_append_only_whoever_writes() -> None:
    Town(balance=500)

    for change in (lambda: LedgerEntry.objects.update(amount=1), lambda: LedgerEntry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    assert LedgerEntry.objects.get().amount == 500


@pytest.mark.django_db(transaction=True)
def test_what_is_left_of_a_voucher_expires_once_and_is_closed_at_the_notary() -> None:
    town = Town(balance=500)
    after = timezone.now() + timedelta(days=31)

    assert (expire_due(at=after), expire_due(at=after)) == (1, 0)
    assert close_due(town.region.notary, now=after) == 1

    voucher = Voucher.objects.get()
    assert (voucher.expired, voucher.available) == (500, 0)
    assert voucher.closed_at is not None
    assert close_due(town.region.notary, now=after) == 0


@pytest.mark.django_db(transaction=True)
def test_held_value_does_not_expire_under_a_payment_that_is_being_checked() -> None:
    town = Town(balance=500)
    with transaction.atomic():
        hold(wallet_id=town.wallet.pk, ticket_type_ids=[town.common.pk], amount=300, at=timezone.now())
    after = timezone.now() + timedelta(days=31)

    expire_due(at=after)

    voucher = Voucher.objects.get()
    assert (voucher.expired, voucher.held) == (200, 300)
    assert close_due(town.region.notary, now=after) == 0
    Voucher.objects.update(held=0)


@pytest.mark.django_db(transaction=True)
def test_a_voucher_is_registered_once_and_again_after_a_lost_answer(notary: object) -> None:
    town = Town()
    voucher = issue(town.resident, town.common, 500, register=False)
    notary.loses_answers = True  # type: ignore[attr-defined]
    assert register_due(town.region.notary) == 0
    notary.loses_answers = False  # type: ignore[attr-defined]

    later = timezone.now() + timedelta(seconds=10)
    assert register_due(town.region.notary, now=later) == 1
    assert register_due(town.region.notary, now=later) == 0

    voucher.refresh_from_db()
    assert voucher.registered_at is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("amount", [100, 700, 950, 1_500])
def test_what_is_held_is_what_the_pages_plan(amount: int) -> None:
    """The order of spending is written twice: in the statement that holds, and for the pages that show a plan."""
    town = Town()
    soon, later = timezone.now() + timedelta(days=1), timezone.now() + timedelta(days=9)
    for face, expires_at in ((300, later), (200, soon), (500, soon), (100, later), (400, later)):
        issue(town.resident, town.common, face, expires_at=expires_at)
    vouchers = Voucher.objects.filter(wallet=town.wallet).spendable(at=timezone.now()).in_spending_order()
    planned = plan_draws(((voucher.pk, voucher.available) for voucher in vouchers), amount)

    held = hold(wallet_id=town.wallet.pk, ticket_type_ids=[town.common.pk], amount=amount, at=timezone.now())

    assert held == planned
    assert Voucher.objects.sums()["held"] == amount
    with pytest.raises(InsufficientBalance) as refusal:
        hold(wallet_id=town.wallet.pk, ticket_type_ids=[town.common.pk], amount=1_501 - amount, at=timezone.now())
    assert refusal.value.available == 1_500 - amount
    assert Voucher.objects.sums()["held"] == amount
    Voucher.objects.update(held=0)
