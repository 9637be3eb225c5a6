"""Killed by signal 9 at every named place: what was begun is resumed, nothing is lost, doubled or stuck."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings as configured
from django.db import connection
from django.utils import timezone

from maintenance.figures import measure
from notary.client.values import OutcomeKind
from notary.crash_points import CRASH_AT as NOTARY_CRASH_AT
from payments import breaker
from payments.authorisation import PaymentRequest, authorise
from payments.models import NotaryHealth, Payment, Refund
from payments.refund_verification import verify_refunds
from payments.refunds import RefundRequest, refund_payment
from payments.resolver import sweep
from payments.states import RefundStatus, Status
from payments.verification import give_up, verify_due
from regions.models import NotaryCluster
from tests.factories import Town
from tests.notary.conftest import Process, running_notary
from tests.notary.situations import KEY, PLATFORM
from tests.protocol.crashing import run_and_die, run_to_the_end, wire
from vouchers.models import EntryKind, LedgerEntry, Voucher
from vouchers.notaries import notary_of

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = timedelta(seconds=configured.VERIFICATION_LEASE + 1)
# Longer than any step takes on a busy machine, so that only the time that a test passes in ends it.
PATIENCE_SECONDS = 60.0
PATIENCE = timedelta(seconds=PATIENCE_SECONDS + 1)
FACE, AMOUNT = 5000, 1234


@pytest.fixture(scope="module")
def notary_process() -> Iterator[Process]:
    """A real notary on a database of its own, for all tests of this module."""
    with running_notary() as process:
        yield process


@pytest.fixture
def town(notary_process: Process, settings: Any) -> Town:
    """A region with the real notary, whose books are empty but for the region's one voucher."""
    settings.NOTARY_ADAPTER = "notary.client.http.HttpNotary"
    settings.NOTARY_PLATFORM, settings.NOTARY_KEY = PLATFORM, KEY
    settings.PAYMENT_PATIENCE = PATIENCE_SECONDS
    with psycopg.connect(notary_process.database_url) as database:
        database.execute("TRUNCATE notary_head, notary_account, notary_batch, notary_decision")
    cluster = NotaryCluster.objects.create(slug="real", url=notary_process.url)
    return Town(balance=FACE, notary=cluster)


def request_of(town: Town) -> PaymentRequest:
    return PaymentRequest(town.region, town.wallet.pk, town.till.code, AMOUNT, "key")


def move_to(town: Town, url: str) -> None:
    """Let the region's notary be found at another address."""
    town.region.notary.url = url
    town.region.notary.save(update_fields=["url"])


def resume(town: Town, *, later: timedelta = LEASE) -> None:
    """What a resolver does when leases have run out."""
    breaker.forget()
    now = timezone.now() + later
    verify_due(town.region.notary, now=now)
    verify_refunds(town.region.notary, now=now)


def assert_nothing_lost_doubled_or_stuck(notary_process: Process) -> None:
    database = connection.settings_dict
    address = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    found = measure(
        database_url=f"postgres://{address}/{database['NAME']}", notary_database_url=notary_process.database_url
    )
    assert found.is_clean, found


@contextmanager
def doomed_notary(healthy: Process, *, at: str) -> Iterator[Process]:
    """The same notary, on the same books, in a process that is killed at its first decision."""
    doomed = Process(healthy.database_url, healthy.environment["NOTARY_SIGNING_KEY"])
    doomed.environment[NOTARY_CRASH_AT] = at
    doomed.start()
    try:
        yield doomed
    finally:
        doomed.stop()


def decided(town: Town, payment: Payment) -> OutcomeKind | None:
    decision = notary_of(town.region.notary).decision(payment.pk, budget=configured.NOTARY_BUDGET)
    return decision and decision.outcome


def status() -> str:
    return Payment.objects.get().status


@pytest.mark.parametrize(
    ("place", "is_decided"),
    [
        ("before the question", False),
        ("after the answer", True),
        ("inside the write", True),
        ("before the write commits", True),
    ],
)
@pytest.mark.parametrize("by", ["worker", "resolver"])
def test_who_verifies_is_killed_and_another_completes_the_payment(
    town: Town, notary_process: Process, place: str, is_decided: bool, by: str
) -> None:
    payment, cluster = authorise(request_of(town)), town.region.notary

    run_and_die(lambda: verify_due(cluster) if by == "worker" else sweep(cluster.pk), at=place)

    assert status() == Status.PENDING
    assert Voucher.objects.get().held == AMOUNT
    assert (decided(town, payment) is OutcomeKind.COMMITTED) is is_decided
    resume(town)
    assert status() == Status.COMPLETED
    assert_nothing_lost_doubled_or_stuck(notary_process)


def test_killed_with_its_request_at_the_notary_and_the_answer_not_read(town: Town, notary_process: Process) -> None:
    payment, cluster = authorise(request_of(town)), town.region.notary

    with wire(notary_process.url, arrives=True) as between:
        move_to(town, between.url)
        between.run_and_die(lambda: verify_due(cluster))

    move_to(town, notary_process.url)
    assert (status(), decided(town, payment)) == (Status.PENDING, OutcomeKind.COMMITTED)
    resume(town)
    assert status() == Status.COMPLETED
    assert_nothing_lost_doubled_or_stuck(notary_process)


def test_the_request_of_the_dead_arrives_when_the_payment_has_long_been_given_up(
    town: Town, notary_process: Process
) -> None:
    payment, cluster = authorise(request_of(town)), town.region.notary

    with wire(notary_process.url, arrives=False) as between:
        move_to(town, between.url)
        between.run_and_die(lambda: verify_due(cluster))
        move_to(town, notary_process.url)
        resume(town, later=PATIENCE)
        assert status() == Status.VOIDED
        between.deliver()

    assert decided(town, payment) is OutcomeKind.VOIDED
    assert Voucher.objects.get().available == FACE
    assert_nothing_lost_doubled_or_stuck(notary_process)


def test_killed_between_undoing_at_the_notary_and_writing_it(town: Town, notary_process: Process) -> None:
    authorise(request_of(town))
    cluster, later = town.region.notary, timezone.now() + PATIENCE
    run_and_die(lambda: verify_due(cluster), at="after the answer")
    give_up(cluster, now=later)

    run_and_die(lambda: verify_due(cluster, now=later), at="after the undoing")

    assert status() == Status.VOIDING
    resume(town, later=PATIENCE + LEASE)
    assert status() == Status.VOIDED
    assert Voucher.objects.get().available == FACE
    kinds = dict(LedgerEntry.objects.values_list("kind", "amount"))
    assert kinds == {EntryKind.ISSUE: FACE, EntryKind.SPEND: -AMOUNT, EntryKind.REVERSAL: AMOUNT}
    assert_nothing_lost_doubled_or_stuck(notary_process)


def test_a_refund_whose_reversal_is_at_the_notary_is_written_by_another(town: Town, notary_process: Process) -> None:
    payment, cluster = authorise(request_of(town)), town.region.notary
    resume(town)
    refund_payment(RefundRequest(payment.pk, 234, "違う品", town.shop_person(), "key"))

    with wire(notary_process.url, arrives=True) as between:
        move_to(town, between.url)
        between.run_and_die(lambda: verify_refunds(cluster))

    move_to(town, notary_process.url)
    assert Refund.objects.get().status == RefundStatus.PENDING
    resume(town)
    assert Refund.objects.get().status == RefundStatus.COMPLETED
    assert Voucher.objects.get().spent == AMOUNT - 234
    assert_nothing_lost_doubled_or_stuck(notary_process)


def test_killed_before_the_hold_commits_nothing_has_begun_and_the_key_is_free(
    town: Town, notary_process: Process
) -> None:
    request = request_of(town)

    run_and_die(lambda: authorise(request), at="before the hold commits")

    assert not Payment.objects.exists()
    assert Voucher.objects.get().held == 0
    authorise(request)
    resume(town)
    assert status() == Status.COMPLETED
    assert_nothing_lost_doubled_or_stuck(notary_process)


def test_killed_before_the_nudge_the_payment_stands_and_is_found_without_it(
    town: Town, notary_process: Process
) -> None:
    request = request_of(town)

    run_and_die(lambda: authorise(request), at="before the nudge")

    payment = Payment.objects.get()
    assert authorise(request).pk == payment.pk
    sweep(town.region.notary_id)
    assert status() == Status.COMPLETED
    assert_nothing_lost_doubled_or_stuck(notary_process)


def test_a_prober_killed_with_the_lease_blocks_nobody(town: Town, notary_process: Process) -> None:
    cluster = town.region.notary
    authorise(request_of(town))
    for _ in range(configured.BREAKER_FAILURES):
        breaker.record_failure(cluster.pk, cause="timeout")
    NotaryHealth.objects.update(probe_after=timezone.now())

    run_and_die(lambda: sweep(cluster.pk), at="with the probe's lease")

    assert not breaker.take_probe(cluster.pk)
    NotaryHealth.objects.update(probe_after=timezone.now())
    sweep(cluster.pk)
    assert not breaker.is_open(cluster.pk)
    resume(town)
    assert status() == Status.COMPLETED
    assert_nothing_lost_doubled_or_stuck(notary_process)


@pytest.mark.parametrize(("place", "is_decided"), [("before the commit", False), ("before the answer", True)])
def test_the_notary_is_killed_and_asked_again_when_it_is_back(
    town: Town, notary_process: Process, place: str, is_decided: bool
) -> None:
    payment, cluster = authorise(request_of(town)), town.region.notary

    with doomed_notary(notary_process, at=place) as doomed:
        move_to(town, doomed.url)
        assert verify_due(cluster) == 0

    move_to(town, notary_process.url)
    assert (status(), decided(town, payment) is OutcomeKind.COMMITTED) == (Status.PENDING, is_decided)
    resume(town)
    assert status() == Status.COMPLETED
    assert_nothing_lost_doubled_or_stuck(notary_process)


def test_a_step_that_nothing_kills_is_carried_out(town: Town, notary_process: Process) -> None:
    authorise(request_of(town))
    cluster = town.region.notary

    run_to_the_end(lambda: verify_due(cluster))

    assert status() == Status.COMPLETED
    assert_nothing_lost_doubled_or_stuck(notary_process)
