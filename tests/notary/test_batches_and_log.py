"""Batches, platforms, the log and its receipts, on every adapter of the store."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from notary.client.receipts import verify_chain, verify_receipt
from notary.client.values import (
    Close,
    Commit,
    Outcome,
    OutcomeKind,
    Reason,
    Register,
    Reverse,
    Void,
)
from notary.decisions import unreadable
from tests.notary.situations import OTHER, PLATFORM, PUBLIC_KEYS, Desk, kinds


class TestBatch:
    def test_later_entries_see_what_earlier_ones_did(self, desk: Desk) -> None:
        voucher, purchase = uuid4(), uuid4()

        outcomes = desk.batch(
            Register(voucher, 1000),
            Commit(purchase, ((voucher, 1000),)),
            Commit(uuid4(), ((voucher, 1),)),
            Reverse(uuid4(), purchase, ((voucher, 1000),)),
            Reverse(uuid4(), purchase, ((voucher, 1),)),
            Close(uuid4(), voucher),
            Commit(uuid4(), ((voucher, 1),)),
        )

        assert kinds(outcomes) == [
            "registered",
            "committed",
            "refused",
            "reversed",
            "refused",
            "closed",
            "refused",
        ]

    def test_takes_the_same_id_twice(self, desk: Desk) -> None:
        voucher = desk.voucher(1000)
        commit = Commit(uuid4(), ((voucher, 600),))

        first, again, conflict = desk.batch(commit, commit, Commit(commit.id, ((voucher, 1),)))

        assert first == again
        assert conflict.outcome == OutcomeKind.CONFLICT
        assert desk.left(voucher) == 400

    def test_a_bad_entry_does_not_spoil_its_neighbours(self, desk: Desk) -> None:
        voucher = desk.voucher(1000)
        bad = unreadable(None, "no request")

        outcomes = desk.decisions.decide(
            PLATFORM, [Commit(uuid4(), ((voucher, 1),)), bad, Commit(uuid4(), ((voucher, 1),))]
        )

        assert kinds(outcomes) == ["committed", "invalid", "committed"]
        assert outcomes[1] == bad

    def test_of_bad_entries_only_leaves_no_trace(self, desk: Desk) -> None:
        head = desk.head()

        assert kinds(desk.decisions.decide(PLATFORM, [unreadable(None, "")])) == ["invalid"]
        assert desk.decisions.decide(PLATFORM, []) == []
        assert desk.head() == head

    def test_carries_all_of_256_requests(self, desk: Desk) -> None:
        outcomes = desk.batch(*(Register(uuid4(), 1000) for _ in range(256)))

        assert set(kinds(outcomes)) == {"registered"}
        positions = [outcome.position for outcome in outcomes]
        assert positions == list(range(desk.head() - 255, desk.head() + 1))


class TestPlatforms:
    def test_never_see_each_others_vouchers_or_decisions(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        desk.spend((voucher, 100), id=purchase)
        stranger = Desk(desk.store, OTHER)

        outcome = stranger.spend((voucher, 1))

        assert outcome.reason == Reason.UNKNOWN_VOUCHER
        assert stranger.decisions.decision(OTHER, purchase) is None
        assert stranger.reverse(purchase, (voucher, 1)).reason == Reason.NOT_COMMITTED
        assert desk.left(voucher) == 900

    def test_may_use_the_same_ids_without_meeting(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        stranger = Desk(desk.store, OTHER)
        stranger.ask(Register(voucher, 5))

        outcomes = [desk.spend((voucher, 100), id=purchase), stranger.spend((voucher, 5), id=purchase)]

        assert kinds(outcomes) == ["committed", "committed"]
        assert desk.left(voucher) == 900


class TestLog:
    def test_holds_every_decision_of_the_platform_once_in_order(self, desk: Desk) -> None:
        start = desk.head()
        stranger = Desk(desk.store, OTHER)
        mine = []
        for _ in range(5):
            mine.append(desk.ask(Void(uuid4())))
            stranger.ask(Void(uuid4()))

        entries, after = [], start
        while after < desk.head():
            page = desk.decisions.log(PLATFORM, after, 2)
            entries += page.entries
            after = page.next

        assert [entry.outcome for entry in entries] == mine
        assert after == desk.head() == start + 10

    def test_carries_what_was_asked(self, desk: Desk) -> None:
        start, voucher, purchase = desk.head(), uuid4(), uuid4()
        asked = [
            Register(voucher, 1000),
            Commit(purchase, ((voucher, 10),)),
            Reverse(uuid4(), purchase, ((voucher, 10),)),
            Close(uuid4(), voucher),
            Void(uuid4()),
            Commit(uuid4(), ((voucher, 10),)),
        ]
        desk.batch(*asked)

        page = desk.decisions.log(PLATFORM, start, 100)

        assert [entry.request for entry in page.entries] == asked

    def test_moves_a_cursor_past_what_belongs_to_others(self, desk: Desk) -> None:
        start = desk.head()
        Desk(desk.store, OTHER).ask(Void(uuid4()))

        page = desk.decisions.log(PLATFORM, start, 100)

        assert (page.entries, page.next, page.head) == ((), start + 1, start + 1)

    def test_never_moves_a_cursor_back(self, desk: Desk) -> None:
        ahead = desk.head() + 1000

        assert desk.decisions.log(PLATFORM, ahead, 100).next == ahead


class TestReceipts:
    def test_prove_every_kind_of_decision(self, desk: Desk) -> None:
        voucher, purchase = uuid4(), uuid4()
        outcomes = desk.batch(
            Register(voucher, 1000),
            Commit(purchase, ((voucher, 10),)),
            Commit(uuid4(), ((voucher, 1001),)),
            Reverse(uuid4(), purchase, ((voucher, 10),)),
            Void(uuid4()),
            Close(uuid4(), voucher),
        )

        leaves = [verify_receipt(outcome.receipt or {}, PUBLIC_KEYS) for outcome in outcomes]

        assert [leaf["outcome"] for leaf in leaves] == kinds(outcomes)
        assert leaves[1]["allocations"] == [{"amount": 10, "voucher": str(voucher)}]
        assert leaves[1]["platform"] == PLATFORM

    def test_are_the_same_when_the_decision_is_looked_up_later(self, desk: Desk) -> None:
        outcomes = desk.batch(*(Void(uuid4()) for _ in range(7)))

        found = [desk.decisions.decision(PLATFORM, outcome.id) for outcome in outcomes if outcome.id]

        assert found == outcomes

    def test_hang_in_an_unbroken_chain(self, desk: Desk) -> None:
        for count in (1, 2, 3):
            desk.batch(*(Void(uuid4()) for _ in range(count)))

        chain = desk.decisions.chain(0, 1000)

        assert verify_chain(chain, PUBLIC_KEYS) == desk.head()
        assert chain[-1] == desk.decisions.checkpoint()


def test_decisions_carry_the_notarys_own_time(desk: Desk) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)

    outcome: Outcome = desk.ask(Void(uuid4()))

    assert outcome.decided_at is not None
    assert before < outcome.decided_at < before + timedelta(minutes=2)
