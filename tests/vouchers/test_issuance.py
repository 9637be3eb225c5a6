"""Issuing: once per key, whose yen they are, and never more than the budget."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from tests.factories import ResidentFactory, Town, UnitFactory
from vouchers import budget
from vouchers.errors import BudgetExceeded
from vouchers.issuance import IssueLine, issue
from vouchers.models import FundingShare, LedgerEntry, Programme, ProgrammeBudget, TicketType, Voucher, VoucherFunding


def line(
    town: Town, *, amount: int = 6_500, price_part: int = 5_000, key: str | None = None, **other: Any
) -> IssueLine:
    now = timezone.now()
    values = {
        "resident_id": town.resident.pk,
        "ticket_type": town.common,
        "usable_from_at": now,
        "expires_at": now + timedelta(days=30),
        "reason": "試験",
        **other,
    }
    return IssueLine(amount=amount, price_part=price_part, key=key, **values)


def set_budget(town: Town, yen: int | None) -> None:
    Programme.objects.filter(pk=town.programme.pk).update(budget=yen)


def funding(voucher: Voucher) -> dict[str, int]:
    return dict(voucher.funding.values_list("source", "amount"))


@pytest.mark.django_db
def test_a_voucher_knows_whose_its_yen_are_and_later_agreements_do_not_change_it() -> None:
    town = Town()
    FundingShare.objects.create(region=town.region, ticket_type=town.common, source="state", share=2)
    FundingShare.objects.create(region=town.region, ticket_type=town.common, source="city", share=1)

    (bought,) = issue(town.region, [line(town)])
    FundingShare.objects.filter(source="state").delete()
    (given,) = issue(town.region, [line(town, amount=3_000, price_part=0)])

    assert funding(bought) == {"resident": 5_000, "state": 1_000, "city": 500}
    assert funding(given) == {"city": 3_000}
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 9_500


@pytest.mark.django_db
def test_a_line_is_issued_once_however_often_it_is_handed_in() -> None:
    town = Town()
    other = ResidentFactory(region=town.region)

    first = issue(town.region, [line(town, key="a"), line(town, key="b")])
    again = issue(town.region, [line(town, key="b"), line(town, key="c", resident_id=other.pk)])

    assert again[0].pk == first[1].pk
    assert again[1].wallet_id == other.wallet.pk
    assert Voucher.objects.count() == LedgerEntry.objects.count() == 3
    assert sum(VoucherFunding.objects.values_list("amount", flat=True)) == 3 * 6_500
    assert ProgrammeBudget.objects.get(programme=town.programme).committed == 3 * 1_500


@pytest.mark.django_db
def test_the_budget_counts_premium_and_grants_and_refuses_what_is_too_much_with_nothing_issued() -> None:
    town = Town()
    set_budget(town, 3_999)

    issue(town.region, [line(town), line(town, amount=1_000, price_part=0)])
    with pytest.raises(BudgetExceeded) as refusal:
        issue(town.region, [line(town)])

    assert (refusal.value.left, refusal.value.asked) == (1_499, 1_500)
    assert Voucher.objects.count() == 2
    assert VoucherFunding.objects.count() == 3
    set_budget(town, None)
    assert len(issue(town.region, [line(town)])) == 1


@pytest.mark.django_db
def test_a_budget_cannot_be_lowered_below_what_is_issued() -> None:
    town = Town()
    issue(town.region, [line(town)])

    with pytest.raises(IntegrityError, match="programme_budget_never_exceeded"):
        set_budget(town, 1_499)


@pytest.mark.django_db
def test_the_price_of_a_unit_is_shared_out_among_its_parts() -> None:
    town = Town()
    local = TicketType.objects.create(region=town.region, programme=town.programme, slug="local", name="専用券")
    unit = UnitFactory(programme=town.programme, price=4_000, parts={town.common: 2_600, local: 2_601})

    assert (unit.face, unit.premium) == (5_201, 1_201)
    assert sum(unit.price_parts().values()) == 4_000


RACERS = 8


def race(town: Town) -> list[bool]:
    """Eight people issue at once, and the budget covers three of them; who was let through."""
    begin = threading.Barrier(RACERS)
    issued: list[bool] = []

    def run() -> None:
        try:
            begin.wait(timeout=20)
            issue(town.region, [line(town)])
            issued.append(True)
        except BudgetExceeded:
            issued.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return issued


@pytest.mark.django_db(transaction=True)
def test_of_many_who_issue_at_once_the_budget_lets_through_what_it_covers() -> None:
    town = Town()
    set_budget(town, 3 * 1_500)

    issued = race(town)

    assert sorted(issued) == [False] * 5 + [True] * 3
    assert Voucher.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_reading_the_budget_first_and_writing_afterwards_would_issue_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town()
    set_budget(town, 3 * 1_500)
    all_have_read = threading.Barrier(RACERS)

    def read_decide_write(programme_id: Any, amount: int) -> None:
        row = ProgrammeBudget.objects.get(pk=programme_id)
        all_have_read.wait(timeout=20)
        if row.committed + amount > (row.budget or 0):
            raise BudgetExceeded(left=0, asked=amount)
        ProgrammeBudget.objects.filter(pk=programme_id).update(committed=row.committed + amount)

    monkeypatch.setattr(budget, "_count", read_decide_write)

    issued = race(town)

    assert issued == [True] * RACERS
    assert Voucher.objects.count() > 3
