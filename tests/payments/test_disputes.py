"""The office decides of what the notary refused afterwards: once, with a reason, and both books know of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from notary.client.values import Commit, Register
from notary.inprocess import InProcessNotary
from notary.stores.memory import MemoryStore
from payments import outcomes
from payments.disputes import resolve_dispute
from payments.errors import AlreadyDecided, NotDisputed, NotRefundable, PaymentProblem, ReasonMissing, ReasonTooShort
from payments.models import Difference, DisputeDecision, Payment, StoreEntry
from payments.reconciliation.compare import compare
from payments.reconciliation.log import follow_log
from payments.reconciliation.run import follow
from payments.refunds import RefundRequest, refund_payment
from payments.states import Status
from payments.verification import verify_due
from regions.ids import new_id
from tests.disputes import disputed
from tests.factories import Town
from tests.notaries import FaultyNotary
from tests.payments.test_reconciliation import by_force, pay
from vouchers.models import EntryKind, LedgerEntry, Voucher
from vouchers.notaries import notary_of

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "店舗に確認し、商品を渡したと分かったため"


def value() -> tuple[int, int]:
    voucher = Voucher.objects.get()
    return voucher.held, voucher.spent


def test_completed_pays_the_store_at_the_time_of_the_decision_and_keeps_what_the_notary_said() -> None:
    town = Town(balance=5000)
    payment, office = disputed(town), town.secretary()
    refused_at, later = payment.decided_at, timezone.now() + timedelta(days=3)

    decision = resolve_dispute(payment, to=Status.COMPLETED, reason=f" {WHY} ", by=office, now=later)

    payment.refresh_from_db()
    assert (payment.status, payment.decided_at, payment.decline_reason) == (Status.COMPLETED, refused_at, "voided")
    assert payment.is_completed_by_office
    assert value() == (0, 1000)
    entry = StoreEntry.objects.get()
    assert (entry.amount, entry.store, entry.at) == (1000, town.store, later)
    assert LedgerEntry.objects.get(source=payment.pk, kind=EntryKind.SPEND).at == later
    assert (decision.outcome, decision.reason) == ("completed", WHY)
    assert (decision.decided_by, decision.decided_at, decision.region) == (office, later, town.region)


def test_voided_gives_the_value_back_and_owes_the_store_nothing() -> None:
    town = Town(balance=5000)
    payment = disputed(town)

    resolve_dispute(payment, to=Status.VOIDED, reason=WHY, by=town.secretary())

    payment.refresh_from_db()
    assert (payment.status, payment.is_paid, value()) == (Status.VOIDED, False, (0, 0))
    assert not StoreEntry.objects.exists()
    assert not LedgerEntry.objects.filter(source=payment.pk).exists()


@pytest.mark.parametrize(
    ("reason", "problem"), [("", ReasonMissing), ("  ", ReasonMissing), ("了解です", ReasonTooShort)]
)
def test_without_a_reason_nothing_moves(reason: str, problem: type[PaymentProblem]) -> None:
    town = Town(balance=5000)
    payment = disputed(town)

    with pytest.raises(problem):
        resolve_dispute(payment, to=Status.COMPLETED, reason=reason, by=town.secretary())

    payment.refresh_from_db()
    assert (payment.status, value()) == (Status.DISPUTED, (1000, 0))
    assert not DisputeDecision.objects.exists()


def test_what_is_not_disputed_cannot_be_decided() -> None:
    town = Town(balance=5000)
    (payment,) = pay(town, 1, 100)

    for to in (Status.COMPLETED, Status.VOIDED):
        with pytest.raises(NotDisputed):
            resolve_dispute(payment, to=to, reason=WHY, by=town.secretary())

    assert value() == (0, 100)
    assert not DisputeDecision.objects.exists()


def test_a_dispute_ends_in_no_other_status() -> None:
    town = Town(balance=5000)
    payment = disputed(town)

    with pytest.raises(ValueError, match="does not end so"):
        resolve_dispute(payment, to=Status.DECLINED, reason=WHY, by=town.secretary())

    assert Payment.objects.get().status == Status.DISPUTED


def test_the_same_decision_again_is_the_first_one_and_the_other_is_refused() -> None:
    town = Town(balance=5000)
    payment, office = disputed(town), town.secretary()
    first = resolve_dispute(payment, to=Status.VOIDED, reason=WHY, by=office)

    again = resolve_dispute(payment, to=Status.VOIDED, reason="別の理由を書いた", by=town.secretary())
    with pytest.raises(AlreadyDecided) as refusal:
        resolve_dispute(payment, to=Status.COMPLETED, reason=WHY, by=office)

    assert (again.pk, again.reason, again.decided_by) == (first.pk, WHY, office)
    assert refusal.value.outcome == "voided"
    assert Payment.objects.get().status == Status.VOIDED
    assert value() == (0, 0)


def test_of_two_people_who_decide_at_once_one_wins() -> None:
    town = Town(balance=5000)
    payment, people = disputed(town), [town.secretary(), town.secretary()]
    barrier = Barrier(2)

    def decide(number: int) -> str:
        barrier.wait()
        to = (Status.COMPLETED, Status.VOIDED)[number]
        try:
            return str(resolve_dispute(payment, to=to, reason=WHY, by=people[number]).outcome)
        except AlreadyDecided as refusal:
            return f"stands: {refusal.outcome}"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(decide, range(2)))

    decision = DisputeDecision.objects.get()
    assert answers == sorted([str(decision.outcome), f"stands: {decision.outcome}"])
    assert Payment.objects.get().status == decision.outcome


def test_without_the_lock_and_the_guard_both_would_move_the_value() -> None:
    """The sibling: effects that do not ask the status first. The table's constraints are what stops it then."""
    town = Town(balance=5000)
    payment = disputed(town)
    resolve_dispute(payment, to=Status.VOIDED, reason=WHY, by=town.secretary())

    (claimed,) = outcomes.load([payment.pk])
    with pytest.raises(DatabaseError), transaction.atomic():
        outcomes.spending.spend(outcomes._movements(claimed, timezone.now()))


def test_a_decision_is_for_ever() -> None:
    town = Town(balance=5000)
    decision = resolve_dispute(disputed(town), to=Status.VOIDED, reason=WHY, by=town.secretary())

    for change in (lambda rows: rows.update(reason="書き換え"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(DisputeDecision.objects.filter(pk=decision.pk))

    assert DisputeDecision.objects.get().reason == WHY


@pytest.mark.parametrize("to", [Status.COMPLETED, Status.VOIDED])
def test_the_comparison_finds_no_difference_whatever_was_decided(to: Status) -> None:
    town = Town(balance=5000)
    pay(town, 3)
    resolve_dispute(disputed(town), to=to, reason=WHY, by=town.secretary())
    # A difference in the same stretch of the log makes the comparison look at each row of it.
    stranger = notary_knows_a_stranger(town)

    report = compare(town.region.notary)

    assert (report.compared, report.repaired) == (3, [])
    assert [found.source for found in report.left] == [stranger]


def notary_knows_a_stranger(town: Town) -> object:
    stranger, voucher = new_id(), new_id()
    notary_of(town.region.notary).decide([Register(voucher, 500), Commit(stranger, ((voucher, 77),))], budget=1)
    return stranger


@pytest.mark.parametrize("to", [Status.COMPLETED, Status.VOIDED])
def test_nothing_that_the_log_says_later_changes_the_decision(to: Status, notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    payment = disputed(town)
    resolve_dispute(payment, to=to, reason=WHY, by=town.secretary())
    moved = value()

    follow_log(town.region.notary)
    verify_due(town.region.notary, now=timezone.now() + timedelta(days=1))

    payment.refresh_from_db()
    assert (payment.status, value()) == (to, moved)
    assert not Difference.objects.exists()


@pytest.mark.parametrize("to", [Status.COMPLETED, Status.VOIDED])
def test_a_notary_that_forgot_its_refusal_is_not_asked_to_commit_it(to: Status, notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    pay(town, 2)
    payment = disputed(town)
    resolve_dispute(payment, to=to, reason=WHY, by=town.secretary())
    follow_log(town.region.notary)
    inner = notary.inner
    assert isinstance(inner, InProcessNotary)
    notary.inner = InProcessNotary(MemoryStore(clock=timezone.now), inner._signer, inner._platform)

    follow(town.region.notary)
    report = compare(town.region.notary)

    assert notary.decision(payment.pk, budget=1) is None
    assert (report.compared, report.repaired, report.left) == (2, [], [])
    payment.refresh_from_db()
    assert payment.status == to


def test_a_commit_that_arrives_after_the_notary_forgot_is_reversed_or_agrees(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    kept, dropped = disputed(town), disputed(town)
    resolve_dispute(kept, to=Status.COMPLETED, reason=WHY, by=town.secretary())
    resolve_dispute(dropped, to=Status.VOIDED, reason=WHY, by=town.secretary())
    inner = notary.inner
    assert isinstance(inner, InProcessNotary)
    notary.inner = InProcessNotary(MemoryStore(clock=timezone.now), inner._signer, inner._platform)
    voucher = Voucher.objects.get()
    late = [Commit(payment.pk, ((voucher.pk, 1000),)) for payment in (kept, dropped)]
    notary.decide([Register(voucher.pk, voucher.face), *late], budget=1)

    follow_log(town.region.notary)
    report = compare(town.region.notary)

    assert [found.source for found in report.repaired] == [dropped.pk]
    assert report.left == []
    assert {p.pk: p.status for p in Payment.objects.all()} == {kept.pk: Status.COMPLETED, dropped.pk: Status.VOIDED}
    assert value() == (0, 1000)


def test_an_entry_that_is_missing_is_written_with_the_time_of_the_decision() -> None:
    town = Town(balance=5000)
    payment, later = disputed(town), timezone.now() + timedelta(days=3)
    resolve_dispute(payment, to=Status.COMPLETED, reason=WHY, by=town.secretary(), now=later)
    by_force("DELETE FROM payments_storeentry WHERE source = %(id)s", id=payment.pk)

    report = compare(town.region.notary)

    assert [found.source for found in report.repaired] == [payment.pk]
    assert StoreEntry.objects.get().at == later


def test_what_the_notary_never_committed_cannot_be_refunded_there() -> None:
    town = Town(balance=5000)
    payment = disputed(town)
    resolve_dispute(payment, to=Status.COMPLETED, reason=WHY, by=town.secretary())
    payment.refresh_from_db()

    with pytest.raises(NotRefundable):
        refund_payment(RefundRequest(payment.pk, 100, "返品", town.shop_person(), "refund"))

    assert payment.refundable == 0
    assert value() == (0, 1000)
