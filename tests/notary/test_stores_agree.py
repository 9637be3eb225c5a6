"""Two stores, one truth: random histories end in the same outcomes, and break no invariant."""

from collections import Counter
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notary.client.receipts import verify_chain, verify_receipt
from notary.client.values import Close, Commit, OutcomeKind, Register, Request, Reverse, Void
from notary.models import Account
from notary.store import Store
from notary.stores.memory import MemoryStore
from notary.stores.postgres import PostgresStore
from tests.notary.situations import PUBLIC_KEYS, Desk

pytestmark = pytest.mark.django_db(databases=["notary"])

# Few ids and small faces, so that everything meets everything.
ids = st.integers(1, 8).map(lambda number: UUID(int=number))
vouchers = st.integers(101, 103).map(lambda number: UUID(int=number))
allocations = st.dictionaries(vouchers, st.integers(1, 6), min_size=1, max_size=3).map(
    lambda amounts: tuple(sorted(amounts.items()))
)
requests = st.one_of(
    st.builds(Register, vouchers, st.integers(5, 9)),
    st.builds(Commit, ids, allocations),
    st.builds(Void, ids | vouchers),
    st.builds(Reverse, ids, ids, allocations),
    st.builds(Close, ids, vouchers),
)
batches = st.lists(st.tuples(st.booleans(), st.lists(requests, max_size=6)), max_size=12)


def test_both_stores_decide_alike_and_keep_the_invariants() -> None:
    memory, postgres = MemoryStore(), PostgresStore(using="notary")
    numbers = count()

    # Each history is told by two platforms that nobody has seen before, on one and the same log.
    @settings(max_examples=80, deadline=None)
    @given(batches)
    def decide_alike(history: list[tuple[bool, list[Request]]]) -> None:
        number, start = next(numbers), Desk(memory).head()
        platforms = {False: f"platform-{number}", True: f"other-{number}"}

        for is_other, batch in history:
            by_memory = Desk(memory, platforms[is_other]).batch(*batch)
            by_postgres = Desk(postgres, platforms[is_other]).batch(*batch)
            assert [told(outcome) for outcome in by_memory] == [told(outcome) for outcome in by_postgres]

        for platform in platforms.values():
            assert_accounts_are_sound(memory, platform)
        for store in (memory, postgres):
            assert_log_is_sound(store, list(platforms.values()), start)

    decide_alike()

    for store in (memory, postgres):
        desk = Desk(store)
        assert verify_chain(desk.decisions.chain(0, 10_000), PUBLIC_KEYS) == desk.head() > 0


def told(outcome: object) -> tuple[object, ...]:
    return tuple(getattr(outcome, name) for name in ("id", "outcome", "reason", "position"))


def assert_accounts_are_sound(memory: MemoryStore, platform: str) -> None:
    in_memory = {
        voucher: (account.face, account.spent, account.is_closed)
        for (owner, voucher), account in memory.accounts.items()
        if owner == platform
    }
    in_postgres = {
        account.voucher: (account.face, account.spent, account.is_closed)
        for account in Account.objects.using("notary").filter(platform=platform)
    }
    assert in_memory == in_postgres
    assert all(0 <= spent <= face for face, spent, _ in in_memory.values())
    by_account = {voucher: spent for voucher, (_, spent, _) in in_memory.items() if spent}
    assert by_account == spent_by_log(memory, platform)


def spent_by_log(store: MemoryStore, platform: str) -> dict[UUID, int]:
    spent: Counter[UUID] = Counter()
    for decision in store.log(platform, 0, 10_000)[0]:
        if decision.outcome == OutcomeKind.COMMITTED and isinstance(decision.request, Commit):
            spent.update(dict(decision.request.allocations))
        if decision.outcome == OutcomeKind.REVERSED and isinstance(decision.request, Reverse):
            spent.subtract(dict(decision.request.allocations))
    return {voucher: amount for voucher, amount in spent.items() if amount}


def assert_log_is_sound(store: Store, platforms: list[str], start: int) -> None:
    pages = [(platform, Desk(store, platform).decisions.log(platform, start, 1000)) for platform in platforms]
    decided = [(platform, entry.outcome) for platform, page in pages for entry in page.entries]
    assert sorted(outcome.position or 0 for _, outcome in decided) == list(range(start + 1, Desk(store).head() + 1))
    assert len({(platform, outcome.id) for platform, outcome in decided}) == len(decided)
    for _, outcome in decided:
        verify_receipt(outcome.receipt or {}, PUBLIC_KEYS)
