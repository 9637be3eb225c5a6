"""Every yen by whose it was: the sums over the sources are the ledger's."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import Town
from tests.staff.sign_in import paid, refunded
from vouchers.figures import moved_by_source, share_out
from vouchers.issuance import IssueLine, issue
from vouchers.models import FundingShare, LedgerEntry
from vouchers.registration import register_due
from vouchers.spending import expire_due

FUNDING = st.dictionaries(
    st.sampled_from(("resident", "state", "prefecture", "city")), st.integers(1, 10_000), min_size=1
)


@given(funding=FUNDING, data=st.data())
def test_no_source_gives_more_than_it_paid_and_nothing_is_lost(funding: dict[str, int], data: st.DataObject) -> None:
    face = sum(funding.values())
    used = data.draw(st.integers(0, face))
    expired = data.draw(st.integers(0, face - used))
    returned = data.draw(st.integers(0, 3 * face))

    moved = share_out(funding, spent=used + returned, returned=returned, expired=expired)

    assert sum(row.spent for row in moved.values()) == used + returned
    assert sum(row.returned for row in moved.values()) == returned
    assert sum(row.expired for row in moved.values()) == expired
    assert all(min(row.used, row.expired, row.left) >= 0 for row in moved.values())


@pytest.mark.django_db(transaction=True)
def test_the_sums_over_the_sources_are_the_ledgers_for_issue_spend_refund_and_expiry() -> None:
    town, now = Town(), timezone.now()
    for source, share in (("state", 700), ("prefecture", 199), ("city", 102)):
        FundingShare.objects.create(region=town.region, ticket_type=town.common, source=source, share=share)
    times = {"usable_from_at": now - timedelta(days=2), "expires_at": now + timedelta(days=30)}
    issue(
        town.region,
        [
            IssueLine(town.resident.pk, town.common, 6_001 + n, 5_000, reason="試験", key=str(n), **times)  # type: ignore[arg-type]
            for n in range(4)
        ],
    )
    register_due(town.region.notary)
    shop = town.shop_person()
    for amount, back in ((1_111, 333), (7_777, 2_222)):
        refunded(paid(town, amount), back, by=shop)
    expire_due(at=now + timedelta(days=31))

    moved = moved_by_source(town.programme)

    ledger = dict(LedgerEntry.objects.order_by().values_list("kind").annotate(Sum("amount")))
    assert sum(row.issued for row in moved.values()) == ledger["issue"]
    assert sum(row.spent for row in moved.values()) == -ledger["spend"]
    assert sum(row.returned for row in moved.values()) == ledger["refund"]
    assert sum(row.expired for row in moved.values()) == -ledger["expire"]
    assert sum(row.left for row in moved.values()) == 0
    assert moved.keys() == {"resident", "state", "prefecture", "city"}
