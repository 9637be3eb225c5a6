"""What an office completed against the notary's refusal is no drift in the figures; it excuses nothing else."""

from typing import Any

import pytest
from django.db import connection

from maintenance.figures import Figures, measure
from notary.client.values import Commit
from payments.disputes import resolve_dispute
from payments.states import Status
from tests.disputes import disputed
from tests.factories import Town
from tests.notary.conftest import Process
from tests.payments.test_reconciliation import by_force, pay
from tests.protocol.test_crash_points import notary_process, town
from vouchers.notaries import notary_of

pytestmark = pytest.mark.django_db(transaction=True)

# Fixtures of the module that has the real notary.
__all__ = ["notary_process", "town"]


def figures(process: Process) -> Figures:
    database = connection.settings_dict
    address = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    return measure(database_url=f"postgres://{address}/{database['NAME']}", notary_database_url=process.database_url)


@pytest.mark.parametrize("to", [Status.COMPLETED, Status.VOIDED])
def test_the_figures_are_clean_whatever_was_decided(to: Status, notary_process: Process, town: Any) -> None:
    pay(town, 2)
    resolve_dispute(disputed(town), to=to, reason="店舗に確認した", by=town.secretary())

    found = figures(notary_process)

    assert found.is_clean, found
    assert found.completed == (3 if to is Status.COMPLETED else 2)


def test_a_yen_too_much_at_the_notary_is_still_seen(notary_process: Process, town: Town) -> None:
    payment = disputed(town)
    resolve_dispute(payment, to=Status.COMPLETED, reason="店舗に確認した", by=town.secretary())
    (allocation,) = payment.allocations.all()
    stranger = disputed(town)
    resolve_dispute(stranger, to=Status.VOIDED, reason="店舗に確認した", by=town.secretary())

    notary_of(town.region.notary).decide([Commit(town.region.pk, ((allocation.voucher_id, 7),))], budget=2)

    found = figures(notary_process)
    assert (found.yen_drift, found.missing_histories) == (7, 1)


def test_an_entry_that_is_missing_is_still_seen(notary_process: Process, town: Town) -> None:
    payment = disputed(town)
    resolve_dispute(payment, to=Status.COMPLETED, reason="店舗に確認した", by=town.secretary())
    copy = "CREATE TEMPORARY TABLE kept AS SELECT * FROM payments_storeentry"
    by_force(copy, "DELETE FROM payments_storeentry")

    found = figures(notary_process)

    assert found.missing_histories == 1
    by_force("INSERT INTO payments_storeentry SELECT * FROM kept", "DROP TABLE kept")
