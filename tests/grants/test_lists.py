"""A list of grants from the file to the vouchers: looked at, agreed to, carried out, once."""

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from regions.approvals import decide
from regions.models import Message
from tests.books import assert_books_balance
from tests.factories import ResidentFactory, Town
from vouchers.errors import ListNotReady
from vouchers.grants.lists import Upload, ask_for, drop, take_in
from vouchers.grants.running import run_list, run_lists
from vouchers.models import Entitlement, EntitlementState, GrantList, GrantTerms, Handover, ListState, Voucher

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "利用者番号,事業,券種,金額,理由"


def rows(town: Town, *residents: str, amount: object = 5000) -> bytes:
    lines = [f"{number},{town.programme.slug},{town.common.slug},{amount},子育て" for number in residents]
    return "\n".join([HEADER, *lines]).encode("cp932")


def taken(town: Town, data: bytes, handover: Handover = Handover.DIRECT) -> GrantList:
    return take_in(Upload(town.region, data, "4月.csv", by=town.secretary(), handover=handover))


def agreed(town: Town, grant_list: GrantList) -> None:
    decide(ask_for(grant_list, by=town.secretary()).pk, approve=True, by=town.secretary())


def test_nothing_is_issued_before_a_second_person_agrees_and_then_once() -> None:
    town = Town()
    listed = taken(town, rows(town, town.resident.resident_no))

    run_lists()
    assert (Voucher.objects.count(), listed.rows_count, listed.amount) == (0, 1, 5000)
    agreed(town, listed)
    assert (run_lists(), run_lists()) == (1, 0)

    listed.refresh_from_db()
    assert listed.state == ListState.DONE
    entitlement = Entitlement.objects.get()
    assert entitlement.state == EntitlementState.ISSUED
    assert entitlement.voucher == Voucher.objects.get()
    assert_books_balance()


def test_bad_lines_are_named_and_doubts_are_told() -> None:
    town, child = Town(), ResidentFactory()
    moved = ResidentFactory(region=town.region, moved_out_on=date(2026, 1, 1))
    mine = town.resident.resident_no
    data = rows(town, mine, mine, "unknown", child.resident_no, moved.resident_no)
    data += f"\n{mine},{town.programme.slug},{town.common.slug},-1,別\n".encode("cp932")
    data += f"{mine},{town.programme.slug},{town.common.slug},700,別の理由\n".encode("cp932")

    listed = taken(town, data)

    assert [number for number, _who, _reason in listed.left_out] == [3, 4, 5, 7]
    assert listed.rows_count == 3
    assert len(listed.warnings) == 2


def test_the_same_list_twice_issues_nothing_twice_and_says_so() -> None:
    town = Town()
    data = rows(town, town.resident.resident_no)
    agreed(town, taken(town, data))
    run_lists()

    again = taken(town, data)

    assert (again.rows_count, len(again.left_out)) == (0, 1)
    assert again.warnings
    with pytest.raises(ListNotReady):
        ask_for(again, by=town.secretary())


def test_a_list_that_is_not_used_makes_way_for_another() -> None:
    town = Town()
    data = rows(town, town.resident.resident_no)
    drop(taken(town, data))

    assert taken(town, data).rows_count == 1


def at_once(act: Callable[[], object], times: int) -> None:
    gate = threading.Barrier(times)

    def run() -> None:
        try:
            gate.wait()
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_same_list_by_two_people_at_once_stands_once() -> None:
    town = Town()
    people = [ResidentFactory(region=town.region).resident_no for _ in range(20)]
    data = rows(town, *people)

    at_once(lambda: taken(town, data), 2)

    assert GrantList.objects.count() == 2
    assert Entitlement.objects.count() == 20
    assert sum(GrantList.objects.values_list("rows_count", flat=True)) == 20
    for listed in GrantList.objects.filter(rows_count__gt=0):
        agreed(town, listed)
    run_lists()
    assert Voucher.objects.count() == 20
    assert_books_balance()


def test_two_workers_at_once_carry_a_list_out_once() -> None:
    town = Town()
    listed = taken(town, rows(town, *(ResidentFactory(region=town.region).resident_no for _ in range(30))))
    agreed(town, listed)

    at_once(lambda: run_list(listed.pk), 3)
    run_lists()

    listed.refresh_from_db()
    assert (Voucher.objects.count(), listed.state) == (30, ListState.DONE)
    assert_books_balance()


def test_a_list_to_be_claimed_tells_each_person() -> None:
    town = Town()
    agreed(town, taken(town, rows(town, town.resident.resident_no), Handover.CLAIM))
    run_lists()

    assert (Voucher.objects.count(), Entitlement.objects.get().state) == (0, EntitlementState.OFFERED)
    assert Message.objects.get(kind="grant-offered").resident == town.resident


def test_what_does_not_go_into_the_budget_waits() -> None:
    town = Town()
    town.programme.budget = 9_000
    town.programme.save()
    others = [ResidentFactory(region=town.region).resident_no for _ in range(2)]
    listed = taken(town, rows(town, *others))
    agreed(town, listed)
    run_lists()

    listed.refresh_from_db()
    assert (Voucher.objects.count(), listed.state, listed.problem) == (0, ListState.RUNNING, "budget")
    town.programme.budget = 10_000
    town.programme.save()
    run_lists()
    listed.refresh_from_db()
    assert (Voucher.objects.count(), listed.state, listed.problem) == (2, ListState.DONE, "")


def test_amounts_and_expiries_by_rule() -> None:
    town = Town()
    rule = {
        "amount": {"kind": "birth_order", "yen": [10_000, 10_000, 30_000]},
        "expiry": {"kind": "birthday", "age": 3},
    }
    GrantTerms.objects.create(region=town.region, ticket_type=town.common, rule=rule)
    child = ResidentFactory(region=town.region, birth_on=date(2097, 5, 5), user=None)
    lines = [
        f"{town.resident.resident_no},{town.programme.slug},{town.common.slug},{child.resident_no},{order}"
        for order in ("3", "")
    ]
    data = "\n".join(["利用者番号,事業,券種,子の利用者番号,出生順", *lines]).encode()

    listed = taken(town, data)

    row = Entitlement.objects.get()
    assert (row.amount, row.child) == (30_000, child)
    assert row.expires_at.astimezone(town.region.tz).date() == date(2100, 5, 5)
    assert [number for number, _who, _reason in listed.left_out] == [3]
