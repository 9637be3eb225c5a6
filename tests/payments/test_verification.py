"""The notary's answers, and its silence: what becomes of a payment, and that every yen is accounted for."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from notary.client.receipts import verify_receipt
from notary.client.values import Commit, Reverse, Void
from payments import outcomes
from payments.authorisation import PaymentRequest, authorise
from payments.claims import claim, retry_pause
from payments.models import Payment, StoreEntry
from payments.states import Status
from payments.verification import ask, give_up, verify_due
from tests.factories import Town
from tests.notaries import FaultyNotary
from vouchers.models import EntryKind, LedgerEntry, Voucher

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = timedelta(seconds=settings.PAYMENT_PATIENCE + 1)


def pay(town: Town, amount: int = 1234, key: str = "key") -> Payment:
    return authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, amount, key))


def verify(town: Town, *, later: timedelta = timedelta()) -> int:
    return verify_due(town.region.notary, now=timezone.now() + later)


def kinds(voucher: Voucher) -> dict[str, int]:
    return dict(LedgerEntry.objects.filter(voucher=voucher).values_list("kind", "amount"))


def test_a_committed_payment_is_completed_in_every_book_with_the_notarys_time_and_receipt(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    payment = pay(town)

    assert verify(town) == 1

    payment.refresh_from_db()
    voucher = Voucher.objects.get()
    decision = notary.decision(payment.pk, budget=1)
    assert decision is not None
    assert payment.status == Status.COMPLETED
    assert payment.decided_at == decision.decided_at
    assert (voucher.held, voucher.spent) == (0, 1234)
    assert kinds(voucher) == {EntryKind.ISSUE: 5000, EntryKind.SPEND: -1234}
    assert StoreEntry.objects.get(payment=payment).amount == 1234
    keys = {key.key_id: key.raw for key in notary.keys(budget=1)}
    verify_receipt(payment.receipt, keys)


def test_what_the_notary_refuses_is_declined_and_the_value_is_back(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    payment = pay(town)
    notary.decide([Void(id=payment.pk)], budget=1)

    assert verify(town) == 1

    payment.refresh_from_db()
    assert (payment.status, payment.decline_reason) == (Status.DECLINED, "voided")
    assert Voucher.objects.get().available == 5000
    assert not StoreEntry.objects.exists()


def test_while_the_notary_is_away_the_payment_waits_and_the_rest_of_the_wallet_is_free(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    payment = pay(town)
    notary.is_cut = True

    assert verify(town) == 0
    second = pay(town, 3766, key="another")

    payment.refresh_from_db()
    assert payment.status == second.status == Status.PENDING
    assert payment.next_attempt_at is not None
    assert payment.next_attempt_at > timezone.now() - timedelta(seconds=1)


def test_an_answer_that_was_lost_is_found_by_asking_again(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    payment = pay(town)
    notary.loses_answers = True
    verify(town)
    notary.loses_answers = False

    verify(town, later=timedelta(seconds=6))

    payment.refresh_from_db()
    assert payment.status == Status.COMPLETED
    assert Voucher.objects.get().spent == 1234


def test_patience_over_the_payment_is_void_for_good_and_only_the_fence_gives_the_value_back(
    notary: FaultyNotary,
) -> None:
    town = Town(balance=5000)
    payment = pay(town)
    notary.is_cut = True
    verify(town, later=PATIENCE)
    payment.refresh_from_db()
    assert payment.status == Status.VOIDING
    assert Voucher.objects.get().held == 1234

    notary.is_cut = False
    verify(town, later=PATIENCE * 2)

    payment.refresh_from_db()
    assert payment.status == Status.VOIDED
    assert Voucher.objects.get().available == 5000
    late = notary.decide([Commit(payment.pk, ((Voucher.objects.get().pk, 1234),))], budget=1)
    assert (late[0].outcome, late[0].reason) == ("refused", "voided")


def test_what_was_committed_after_the_platform_gave_up_is_reversed_by_itself_and_both_entries_stay(
    notary: FaultyNotary,
) -> None:
    town = Town(balance=5000)
    payment = pay(town)
    notary.loses_answers = True
    verify(town)
    verify(town, later=PATIENCE)
    payment.refresh_from_db()
    assert payment.status == Status.VOIDING

    notary.loses_answers = False
    verify(town, later=PATIENCE * 2)

    payment.refresh_from_db()
    voucher = Voucher.objects.get()
    assert payment.status == Status.VOIDED
    assert voucher.available == 5000
    assert kinds(voucher) == {EntryKind.ISSUE: 5000, EntryKind.SPEND: -1234, EntryKind.REVERSAL: 1234}
    assert not StoreEntry.objects.exists()
    assert isinstance(notary.calls[-1][0], Reverse)
    again = notary.decide([Commit(payment.pk, ((voucher.pk, 5000),))], budget=1)
    assert again[0].outcome == "conflict"


def test_a_request_that_reaches_the_notary_too_late_is_not_carried_out(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    payment = pay(town)
    Payment.objects.filter(pk=payment.pk).update(valid_until=timezone.now() + timedelta(milliseconds=1))

    claimed = claim(town.region.notary, now=timezone.now())
    Payment.objects.filter(pk=payment.pk).update(valid_until=timezone.now())
    answers = ask(town.region.notary, claimed)

    assert answers[0][1].outcome == "too_late"
    assert outcomes.write(answers) == 0
    assert Payment.objects.get().status == Status.PENDING


def test_an_answer_that_comes_twice_is_written_once(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    pay(town)
    claimed = claim(town.region.notary, now=timezone.now())
    answers = ask(town.region.notary, claimed)

    assert outcomes.write(answers) == 1
    assert outcomes.write(answers) == 0

    assert Voucher.objects.get().spent == 1234
    assert StoreEntry.objects.count() == 1


def test_a_yes_that_comes_after_the_platform_gave_up_does_not_complete_the_payment(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    payment = pay(town)
    claimed = claim(town.region.notary, now=timezone.now())
    answers = ask(town.region.notary, claimed)
    give_up(town.region.notary, now=timezone.now() + PATIENCE)

    assert outcomes.write(answers) == 0

    payment.refresh_from_db()
    assert payment.status == Status.VOIDING
    verify(town, later=PATIENCE)
    assert Voucher.objects.get().available == 5000


def test_a_claim_is_a_lease_so_a_dead_workers_payments_come_back(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    payment = pay(town)
    now = timezone.now()

    assert [claimed.id for claimed in claim(town.region.notary, now=now)] == [payment.pk]
    assert claim(town.region.notary, now=now) == []
    later = now + timedelta(seconds=settings.VERIFICATION_LEASE)
    assert [claimed.id for claimed in claim(town.region.notary, now=later)] == [payment.pk]


def test_the_pause_between_attempts_grows_and_stays_small() -> None:
    pauses = [retry_pause(attempts) for attempts in range(1, 40)]

    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.25, 5.0)
