"""The table of a payment's states, walked through whole: in the module, and in the database."""

from itertools import product

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from payments.models import Payment
from payments.states import IN_DOUBT, NOT_PAID, PAID, TRANSITIONS, Status, sources
from tests.factories import Town


def test_the_table_knows_every_status_and_its_ends_are_final() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert {status for status, targets in TRANSITIONS.items() if not targets} == {
        Status.COMPLETED,
        Status.DECLINED,
        Status.VOIDED,
    }


def test_the_screen_never_takes_back_what_it_said() -> None:
    for status, targets in TRANSITIONS.items():
        if status in NOT_PAID:
            assert targets <= set(NOT_PAID)
        if status == Status.ACCEPTED:
            assert targets <= set(PAID)


def test_sources_are_the_table_read_backwards() -> None:
    for source, target in product(Status, Status):
        assert (source in sources(target)) == (target in TRANSITIONS[source])


@pytest.mark.django_db
@pytest.mark.parametrize(("source", "target"), [pair for pair in product(Status, Status) if pair[0] != pair[1]])
def test_the_database_knows_the_same_table(source: Status, target: Status) -> None:
    town = Town()
    fields = {
        "region": town.region,
        "wallet": town.wallet,
        "store": town.store,
        "till": town.till,
        "amount": 1,
        "idempotency_key": "key",
        "receipt": {},
        "decided_at": timezone.now(),
    }
    payment = Payment.objects.create(status=source, next_attempt_at=_when(source), **fields)
    allowed = target in TRANSITIONS[source]

    try:
        with transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(status=target, next_attempt_at=_when(target))
        moved = True
    except DatabaseError:
        moved = False

    assert moved == allowed
    transaction.set_rollback(True)


def _when(status: Status) -> object:
    return timezone.now() if status in IN_DOUBT else None
