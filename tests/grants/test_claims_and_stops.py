"""Entitlements claimed, declined, lapsed, moved and stopped; codes that are guessed, shared and typed twice."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from payments.verification import verify_due
from regions.models import Resident, User
from tests.books import assert_books_balance
from tests.factories import ResidentFactory, Town, UserFactory
from tests.grants.test_lists import agreed, rows, taken
from tests.staff.sign_in import paid, pending
from vouchers.errors import CodeMistyped, CodeRefused, NotClaimable, NotStoppable, TooManyGuesses
from vouchers.grants import guesses
from vouchers.grants.claims import Typed, claim, claim_by_code, decline, lapse_due
from vouchers.grants.codes import new_code
from vouchers.grants.letters import write_code
from vouchers.grants.running import run_lists
from vouchers.grants.stops import Stop, leave_as_it_is, move_to, stop
from vouchers.models import (
    Entitlement,
    EntitlementState,
    EntryKind,
    GrantEvent,
    Handover,
    LedgerEntry,
    StopReason,
    Voucher,
)
from vouchers.registration import close_due, register_due
from vouchers.spending import expire_due

pytestmark = pytest.mark.django_db(transaction=True)


def offered(town: Town, handover: Handover = Handover.CLAIM) -> Entitlement:
    agreed(town, taken(town, rows(town, town.resident.resident_no), handover))
    run_lists()
    register_due(town.region.notary)
    return Entitlement.objects.get()


def code_for(town: Town, row: Entitlement) -> str:
    return write_code(row.pk, by=town.secretary())


def typed(town: Town, code: str, user: User | None = None, **more: Any) -> Typed:
    return Typed(region=town.region, user=user or town.user, address="192.0.2.1", code=code, **more)


def test_claimed_once_in_the_app() -> None:
    town = Town()
    row = offered(town)

    claim(row.pk, resident=town.resident, by=town.user)
    with pytest.raises(NotClaimable):
        claim(row.pk, resident=town.resident, by=town.user)

    assert Voucher.objects.get().wallet == town.wallet
    assert_books_balance()


def test_nobody_claims_what_is_somebody_elses() -> None:
    town = Town()
    row, other = offered(town), ResidentFactory(region=town.region)

    for act in (claim, decline):
        with pytest.raises(NotClaimable):
            act(row.pk, resident=other, by=other.user)
    assert Voucher.objects.count() == 0


def test_declined_is_declined() -> None:
    town = Town()
    row = offered(town)
    decline(row.pk, resident=town.resident, by=town.user)

    with pytest.raises(NotClaimable):
        claim(row.pk, resident=town.resident, by=town.user)


def test_not_claimed_in_time_it_lapses() -> None:
    town = Town()
    row = offered(town)
    Entitlement.objects.update(claim_until_on=date(2026, 1, 1))

    with pytest.raises(NotClaimable):
        claim(row.pk, resident=town.resident, by=town.user)
    assert (lapse_due(), lapse_due()) == (1, 0)


@pytest.mark.parametrize("with_lock", [True, False], ids=["one code by two", "the app and the code"])
def test_one_code_claimed_by_two_at_once_is_one_voucher(with_lock: bool) -> None:
    town = Town()
    row = offered(town)
    code = code_for(town, row)
    gate, outcomes = threading.Barrier(2), []

    def run(in_app: bool) -> None:
        gate.wait()
        try:
            if in_app:
                claim(row.pk, resident=town.resident, by=town.user)
            else:
                claim_by_code(typed(town, code))
            outcomes.append("claimed")
        except (NotClaimable, CodeRefused):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(in_app,)) for in_app in (False, not with_lock)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["claimed", "refused"]
    assert Voucher.objects.count() == 1
    assert_books_balance()


def test_wrong_used_replaced_and_foreign_codes_have_one_answer() -> None:
    town, elsewhere = Town(), Town()
    row = offered(town)
    replaced = code_for(town, row)
    code = code_for(town, row)
    stranger = ResidentFactory(region=town.region)

    asked = [
        typed(town, new_code()),
        typed(town, replaced),
        typed(elsewhere, code),
        typed(town, code, stranger.user),
        typed(town, code, UserFactory(), birth_on=date(2000, 1, 1)),
    ]
    for one in asked:
        with pytest.raises(CodeRefused):
            claim_by_code(one)
    claim_by_code(typed(town, code))
    with pytest.raises(CodeRefused):
        claim_by_code(typed(town, code))
    assert Voucher.objects.count() == 1


def test_a_slip_of_the_finger_is_no_guess_and_guesses_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town()
    code = code_for(town, offered(town))
    for _ in range(20):
        with pytest.raises(CodeMistyped):
            claim_by_code(typed(town, code[:-1]))
    for _ in range(10):
        with pytest.raises(CodeRefused):
            claim_by_code(typed(town, new_code()))

    with pytest.raises(TooManyGuesses):
        claim_by_code(typed(town, code))
    assert Voucher.objects.count() == 0

    claim_by_code(typed(town, code), now=timezone.now() + timedelta(hours=1))
    assert Voucher.objects.count() == 1
    for scope in guesses.LIMITS:
        monkeypatch.setitem(guesses.LIMITS, scope, 100)
    monkeypatch.setitem(guesses.LIMITS, guesses.GuessScope.ADDRESS, 11)
    with pytest.raises(CodeRefused):
        claim_by_code(typed(town, new_code(), UserFactory()))
    with pytest.raises(TooManyGuesses):
        claim_by_code(typed(town, new_code(), UserFactory()))


def test_a_letter_lets_somebody_in_who_had_no_sign_in() -> None:
    town = Town()
    row = offered(town)
    Resident.objects.filter(pk=town.resident.pk).update(user=None, birth_on=date(1940, 2, 29))
    newcomer = UserFactory()

    claim_by_code(typed(town, code_for(town, row), newcomer, birth_on=date(1940, 2, 29)))

    town.resident.refresh_from_db()
    assert town.resident.user == newcomer


def test_stopping_takes_back_what_is_left_and_what_is_held_waits() -> None:
    town = Town()
    row = offered(town, Handover.DIRECT)
    paid(town, 1_000)
    pending(town, 500)

    assert stop(row.pk, Stop(town.secretary(), StopReason.MOVED_OUT)) == 3_500
    with pytest.raises(NotStoppable):
        stop(row.pk, Stop(town.secretary(), StopReason.OTHER))

    voucher = Voucher.objects.get()
    assert (voucher.spent, voucher.held, voucher.expired, voucher.available) == (1_000, 500, 3_500, 0)
    assert close_due(town.region.notary) == 0
    assert_books_balance()
    verify_due(town.region.notary)
    assert close_due(town.region.notary) == 1
    voucher.refresh_from_db()
    assert (voucher.spent, voucher.held, voucher.available) == (1_500, 0, 0)
    assert LedgerEntry.objects.get(kind=EntryKind.STOP).amount == -3_500
    assert_books_balance()


def test_what_comes_back_to_a_stopped_voucher_is_taken_back_too() -> None:
    town = Town()
    row = offered(town, Handover.DIRECT)
    stop(row.pk, Stop(town.secretary(), StopReason.DIED))
    Voucher.objects.update(expired=4_000)
    LedgerEntry.objects.create(
        region=town.region, voucher=Voucher.objects.get(), kind="refund", amount=1_000, source=row.pk, at=timezone.now()
    )

    expire_due(at=timezone.now() + timedelta(seconds=1))

    assert sorted(LedgerEntry.objects.filter(kind=EntryKind.STOP).values_list("amount", flat=True)) == [-5_000, -1_000]
    assert_books_balance()


def test_after_a_stop_the_same_list_grants_nothing_again() -> None:
    town = Town()
    row = offered(town, Handover.DIRECT)
    stop(row.pk, Stop(town.secretary(), StopReason.MOVED_OUT))

    assert taken(town, rows(town, town.resident.resident_no)).rows_count == 0


def test_people_who_left_are_a_work_list_until_somebody_decides() -> None:
    town = Town()
    row = offered(town)
    assert not Entitlement.objects.all().of_people_who_left()
    Resident.objects.filter(pk=town.resident.pk).update(moved_out_on=date(2026, 1, 1))
    assert list(Entitlement.objects.all().of_people_who_left()) == [row]

    leave_as_it_is(row.pk, by=town.secretary(), note="基準日に居住")

    assert not Entitlement.objects.all().of_people_who_left()


def test_an_unclaimed_grant_moves_to_another_guardian_and_the_letter_is_void() -> None:
    town = Town()
    row, guardian = offered(town), ResidentFactory(region=town.region)
    code = code_for(town, row)

    move_to(row.pk, guardian, by=town.secretary(), note="親権者変更")

    with pytest.raises(CodeRefused):
        claim_by_code(typed(town, code))
    claim(row.pk, resident=guardian, by=guardian.user)
    assert Voucher.objects.get().wallet == guardian.wallet
    assert set(GrantEvent.objects.values_list("kind", flat=True)) == {"printed", "moved", "claimed"}
    assert Entitlement.objects.get().state == EntitlementState.ISSUED
