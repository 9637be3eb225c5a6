"""The platform's books and the notary's, held against each other: what is missing is written, the rest is parked."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from notary.client.values import Commit, OutcomeKind, Register
from notary.inprocess import InProcessNotary
from notary.stores.memory import MemoryStore
from payments import breaker
from payments.authorisation import PaymentRequest, authorise
from payments.models import Difference, DifferenceKind, LogCursor, Payment, StoreEntry
from payments.reconciliation.compare import compare
from payments.reconciliation.log import follow_log
from payments.reconciliation.run import compare_due, follow
from payments.states import Status
from payments.verification import verify_due
from regions.ids import new_id
from tests.factories import Town
from tests.notaries import FaultyNotary
from vouchers.models import EntryKind, LedgerEntry, Voucher

pytestmark = pytest.mark.django_db(transaction=True)


def pay(town: Town, count: int, amount: int = 10) -> list[Payment]:
    made = [
        authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, amount, f"key{number}-{new_id()}"))
        for number in range(count)
    ]
    while verify_due(town.region.notary):
        pass
    return list(Payment.objects.filter(pk__in=[payment.pk for payment in made]).order_by("authorised_at", "pk"))


def by_force(*statements: str, **parameters: Any) -> None:
    """Change rows as no code of ours could: past the triggers, as a slip at the database's prompt would."""
    guarded = ("payments_payment", "payments_storeentry", "vouchers_ledgerentry")
    with connection.cursor() as cursor:
        try:
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in statements:
                cursor.execute(statement, parameters or None)
        finally:
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_books_that_agree_have_no_difference() -> None:
    town = Town(balance=5000)
    pay(town, 5)

    report = compare(town.region.notary)

    assert (report.compared, report.repaired, report.left) == (5, [], [])


def test_a_lost_answer_is_found_in_the_log_with_the_original_time(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    payment = authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, 100, "key"))
    notary.loses_answers = True
    verify_due(town.region.notary)
    notary.loses_answers = False

    assert follow_log(town.region.notary) == 1

    payment.refresh_from_db()
    decision = notary.decision(payment.pk, budget=1)
    assert decision is not None
    assert (payment.status, payment.decided_at) == (Status.COMPLETED, decision.decided_at)
    assert follow_log(town.region.notary) == 0


def test_planted_differences_are_found_listed_and_repaired_or_parked() -> None:
    town = Town(balance=50_000)
    payments = pay(town, 30)
    times = {payment.pk: payment.decided_at for payment in payments}
    gone = [payment.pk for payment in payments[:11]]
    orphans = [new_id() for _ in range(3)]
    voucher = Voucher.objects.get()
    by_force(
        "DELETE FROM vouchers_ledgerentry WHERE source = ANY(%(gone)s)",
        "DELETE FROM payments_storeentry WHERE source = ANY(%(gone)s)",
        gone=gone,
    )
    for orphan in orphans:
        by_force(
            "INSERT INTO payments_storeentry"
            " (id, region_id, store_id, payment_id, kind, amount, source, at, written_at)"
            " VALUES (%(orphan)s, %(region)s, %(store)s, %(payment)s, 'payment', 77, %(orphan)s, "
            "now(), now())",
            orphan=orphan,
            region=town.region.pk,
            store=town.store.pk,
            payment=payments[20].pk,
        )
    by_force("UPDATE payments_payment SET amount = 11 WHERE id = %(changed)s", changed=payments[15].pk)
    began = time.monotonic()

    report = compare(town.region.notary)

    assert time.monotonic() - began < 60
    assert {found.source for found in report.repaired} == set(gone)
    assert {found.kind for found in report.repaired} == {DifferenceKind.ENTRY_MISSING}
    left = {(found.kind, found.source) for found in report.left}
    assert {source for kind, source in left if kind == DifferenceKind.ORPHAN_ENTRY} == set(orphans)
    assert {source for kind, source in left if kind == DifferenceKind.AMOUNT} == {payments[15].pk}
    assert len(left) == 4
    for entry in LedgerEntry.objects.filter(source__in=gone, kind=EntryKind.SPEND, voucher=voucher):
        assert entry.at == times[entry.source]
    assert StoreEntry.objects.filter(source__in=gone).count() == 11
    # A second look repairs nothing again and names what is left once.
    again = compare(town.region.notary)
    assert again.repaired == []
    assert len(again.left) == Difference.objects.left().count() == 4
    by_force(
        "UPDATE payments_payment SET amount = 10 WHERE id = %(changed)s",
        "DELETE FROM payments_storeentry WHERE source = ANY(%(orphans)s)",
        changed=payments[15].pk,
        orphans=orphans,
    )


def test_a_payment_that_was_set_back_is_written_again() -> None:
    town = Town(balance=5000)
    (payment,) = pay(town, 1, 100)
    later = timezone.now() + timedelta(days=1)
    by_force(
        "DELETE FROM vouchers_ledgerentry WHERE source = %(id)s",
        "DELETE FROM payments_storeentry WHERE source = %(id)s",
        "UPDATE payments_payment SET status = 'pending', next_attempt_at = %(later)s, decided_at = NULL,"
        " log_position = NULL, receipt = NULL WHERE id = %(id)s",
        "UPDATE vouchers_voucher SET spent = 0, held = 100",
        id=payment.pk,
        later=later,
    )

    report = compare(town.region.notary)

    assert [found.kind for found in report.repaired] == [DifferenceKind.NOT_WRITTEN]
    decided_at = payment.decided_at
    payment.refresh_from_db()
    assert (payment.status, payment.decided_at) == (Status.COMPLETED, decided_at)


def test_what_only_the_notary_knows_is_parked(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    stranger, voucher = new_id(), new_id()
    notary.decide([Register(voucher, 500), Commit(stranger, ((voucher, 77),))], budget=1)

    report = compare(town.region.notary)

    assert [(found.kind, found.source, found.theirs) for found in report.left] == [
        (DifferenceKind.UNKNOWN_PAYMENT, stranger, 77)
    ]


def test_a_dry_run_tells_and_changes_nothing() -> None:
    town = Town(balance=5000)
    (payment,) = pay(town, 1)
    by_force("DELETE FROM payments_storeentry WHERE source = %(id)s", id=payment.pk)

    report = compare(town.region.notary, dry_run=True)

    assert [found.source for found in report.left] == [payment.pk]
    assert not Difference.objects.exists()
    assert not StoreEntry.objects.exists()
    compare(town.region.notary)


def test_a_notary_that_goes_on_from_an_older_copy_is_noticed_and_told_again(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    pay(town, 3)
    follow_log(town.region.notary)
    inner = notary.inner
    assert isinstance(inner, InProcessNotary)
    # The older copy: an empty one, which knows not even the vouchers.
    notary.inner = InProcessNotary(MemoryStore(clock=timezone.now), inner._signer, inner._platform)

    follow(town.region.notary)

    assert not breaker.is_open(town.region.notary_id)
    committed = [e.outcome for e in notary.log(0, 100, budget=1).entries if e.outcome.outcome == OutcomeKind.COMMITTED]
    assert {outcome.id for outcome in committed} == set(Payment.objects.values_list("pk", flat=True))
    assert compare(town.region.notary).left == []
    pay(town, 1)
    assert Payment.objects.filter(status=Status.COMPLETED).count() == 4


def test_a_full_comparison_runs_when_it_is_due_and_in_one_process_at_a_time() -> None:
    town = Town(balance=5000)
    (payment,) = pay(town, 1)
    follow_log(town.region.notary)
    by_force("DELETE FROM payments_storeentry WHERE source = %(id)s", id=payment.pk)

    assert [compare_due(town.region.notary) for _ in range(3)] == [1, 0, 0]
    assert LogCursor.objects.get().compared_at is not None


def test_the_command_exits_with_1_while_something_is_left(
    notary: FaultyNotary, capsys: pytest.CaptureFixture[str]
) -> None:
    town = Town(balance=5000)
    call_command("reconcile", region=town.region.slug)
    assert "differences repaired 0, left 0" in capsys.readouterr().out

    voucher = new_id()
    notary.decide([Register(voucher, 500), Commit(new_id(), ((voucher, 77),))], budget=1)
    with pytest.raises(SystemExit):
        call_command("reconcile", as_json=True)
    assert '"unknown_payment"' in capsys.readouterr().out
