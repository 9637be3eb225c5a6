"""Receipts verified as an outsider would: each proves its own payment, with its own amount, and nothing else."""

from typing import Any

import pytest
from django.db import connection

from maintenance.proofs import count_bad_receipts
from payments.models import Payment
from tests.factories import Town
from tests.staff.sign_in import paid

pytestmark = pytest.mark.django_db(transaction=True)


def count(notary: Any) -> int:
    database = connection.settings_dict
    address = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    keys = {key.key_id: key.raw for key in notary.keys(budget=1.0)}
    return count_bad_receipts(f"postgres://{address}/{database['NAME']}", keys)


def test_every_payments_own_receipt_proves_it_and_no_others_does(notary: Any) -> None:
    town = Town(balance=10_000)
    first, second = paid(town, 1_000), paid(town, 1_000)
    other = paid(town, 700)
    assert count(notary) == 0

    first.refresh_from_db()
    Payment.objects.filter(pk=second.pk).update(receipt=first.receipt)
    assert count(notary) == 1

    other.refresh_from_db()
    changed = {**other.receipt, "leaf": {**other.receipt["leaf"], "reason": "altered"}}
    Payment.objects.filter(pk=other.pk).update(receipt=changed)
    assert count(notary) == 2


def test_a_receipt_under_another_key_proves_nothing(notary: Any) -> None:
    paid(Town(balance=1_000), 100)
    database = connection.settings_dict
    address = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    (key,) = notary.keys(budget=1.0)
    assert count_bad_receipts(f"postgres://{address}/{database['NAME']}", {key.key_id: bytes(32)}) == 1
