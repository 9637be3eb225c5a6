"""The way of a payment is walked also when nobody pays, and leaves nothing behind."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from payments import breaker, tasks
from payments.models import Heartbeat, NotaryHealth, PathProbe, Payment
from payments.path_probes import probe_all_regions
from payments.probe_verification import verify_probes
from payments.resolver import sweep
from tests.factories import Town
from vouchers.models import LedgerEntry, Voucher

pytestmark = pytest.mark.django_db(transaction=True)


def probe(town: Town) -> PathProbe:
    return PathProbe.objects.get(region=town.region)


def test_a_probe_is_answered_by_the_sweep_and_moves_no_value() -> None:
    town = Town(balance=5_000)
    entries, sums = LedgerEntry.objects.count(), Voucher.objects.sums()

    probe_all_regions(now=timezone.now())
    assert probe(town).answered_at is None
    sweep(town.region.notary_id)

    answered = probe(town)
    assert answered.answered_at is not None
    assert answered.answered_at >= answered.asked_at
    assert answered.next_attempt_at is None
    assert not Payment.objects.exists()
    assert (LedgerEntry.objects.count(), Voucher.objects.sums()) == (entries, sums)


def test_a_worker_answers_it_and_says_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town()
    monkeypatch.setattr(tasks, "_beaten_at", float("-inf"))
    probe_all_regions(now=timezone.now())

    tasks.probe(str(town.region.notary_id))

    assert probe(town).answered_at is not None
    assert Heartbeat.objects.filter(name=tasks.WORKER, beat_at__gte=timezone.now() - timedelta(seconds=5)).exists()


def test_a_probe_that_a_clock_ahead_of_ours_has_asked_is_answered() -> None:
    town = Town()
    probe_all_regions(now=timezone.now())
    PathProbe.objects.update(asked_at=timezone.now() + timedelta(seconds=3))

    verify_probes(town.region.notary)

    assert probe(town).next_attempt_at is None


def test_a_probe_that_is_not_answered_goes_on_being_late(notary: Any) -> None:
    town = Town()
    began = timezone.now()
    notary.is_cut = True

    probe_all_regions(now=began)
    verify_probes(town.region.notary, now=began)
    probe_all_regions(now=began + timedelta(seconds=2))

    late = probe(town)
    assert late.asked_at == began
    assert late.next_attempt_at is not None


def test_probes_alone_open_the_breaker_and_are_not_sent_while_it_is_open(notary: Any) -> None:
    town = Town()
    notary.is_cut = True
    at = timezone.now()
    probe_all_regions(now=at)
    for _ in range(3):
        PathProbe.objects.update(next_attempt_at=at)
        verify_probes(town.region.notary, now=at)
    breaker.forget()
    assert NotaryHealth.objects.get().is_open

    notary.is_cut = False
    PathProbe.objects.update(next_attempt_at=at)
    verify_probes(town.region.notary, now=at)
    assert probe(town).answered_at is None
