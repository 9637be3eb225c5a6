"""What the notary promises, on every adapter of its store."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from notary.client.values import (
    Close,
    Commit,
    OutcomeKind,
    Reason,
    Register,
    Reverse,
    Void,
)
from tests.notary.situations import PLATFORM, Desk, kinds

PAST = datetime(2000, 1, 1, tzinfo=UTC)
FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


class TestCommit:
    def test_spends_every_allocation(self, desk: Desk) -> None:
        first, second = desk.voucher(1000), desk.voucher(500)

        outcome = desk.spend((first, 300), (second, 500))

        assert (outcome.outcome, outcome.reason) == (OutcomeKind.COMMITTED, None)
        assert (desk.left(first), desk.left(second)) == (700, 0)

    def test_spends_nothing_if_one_allocation_does_not_fit(self, desk: Desk) -> None:
        first, second = desk.voucher(1000), desk.voucher(500)

        outcome = desk.spend((first, 300), (second, 501))

        assert (outcome.outcome, outcome.reason) == (OutcomeKind.REFUSED, Reason.OVERSPENT)
        assert (desk.left(first), desk.left(second)) == (1000, 500)

    def test_refuses_a_voucher_that_nobody_registered(self, desk: Desk) -> None:
        known = desk.voucher(1000)

        outcome = desk.spend((known, 300), (uuid4(), 1))

        assert (outcome.outcome, outcome.reason) == (OutcomeKind.REFUSED, Reason.UNKNOWN_VOUCHER)
        assert desk.left(known) == 1000

    def test_refuses_a_closed_voucher(self, desk: Desk) -> None:
        closed, open_one = desk.voucher(1000), desk.voucher(1000)
        desk.ask(Close(uuid4(), closed))

        outcome = desk.spend((closed, 1), (open_one, 1))

        assert (outcome.outcome, outcome.reason) == (OutcomeKind.REFUSED, Reason.CLOSED)
        assert desk.left(open_one) == 1000

    def test_gets_the_same_answer_when_it_comes_again(self, desk: Desk) -> None:
        voucher = desk.voucher(1000)
        commit = Commit(uuid4(), ((voucher, 600),))

        first, again = desk.ask(commit), desk.ask(commit)

        assert first == again
        assert desk.left(voucher) == 400

    def test_gets_the_same_answer_with_its_allocations_in_another_order(self, desk: Desk) -> None:
        one, two, purchase = desk.voucher(), desk.voucher(), uuid4()

        first, again = desk.spend((one, 1), (two, 2), id=purchase), desk.spend((two, 2), (one, 1), id=purchase)

        assert first == again

    def test_a_refusal_sticks_even_when_it_would_fit_later(self, desk: Desk) -> None:
        voucher = desk.voucher(1000)
        taken = desk.spend((voucher, 800))
        too_much = Commit(uuid4(), ((voucher, 500),))
        refused = desk.ask(too_much)
        assert taken.id is not None
        desk.reverse(taken.id, (voucher, 800))

        again = desk.ask(too_much)

        assert again == refused
        assert again.reason == Reason.OVERSPENT
        assert desk.left(voucher) == 1000

    def test_with_other_content_is_a_conflict_and_moves_nothing(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        desk.spend((voucher, 100), id=purchase)
        head = desk.head()

        conflict = desk.spend((voucher, 101), id=purchase)

        assert (conflict.outcome, conflict.position, conflict.receipt) == (OutcomeKind.CONFLICT, None, None)
        assert desk.head() == head
        assert desk.left(voucher) == 900


class TestDeadline:
    def test_that_is_past_decides_nothing(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        head = desk.head()

        late = desk.ask(Commit(purchase, ((voucher, 100),), valid_until=PAST))

        assert (late.outcome, late.position) == (OutcomeKind.TOO_LATE, None)
        assert desk.decisions.decision(PLATFORM, purchase) is None
        assert desk.head() == head
        assert desk.left(voucher) == 1000

    def test_may_be_set_anew_on_the_same_id(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        desk.ask(Commit(purchase, ((voucher, 100),), valid_until=PAST))

        outcome = desk.ask(Commit(purchase, ((voucher, 100),), valid_until=FUTURE))

        assert outcome.outcome == OutcomeKind.COMMITTED

    def test_is_no_part_of_the_content(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        first = desk.ask(Commit(purchase, ((voucher, 100),), valid_until=FUTURE))

        again = [desk.ask(Commit(purchase, ((voucher, 100),), valid_until=until)) for until in (None, PAST)]

        assert again == [first, first]

    def test_that_is_past_comes_before_every_refusal(self, desk: Desk) -> None:
        late = desk.ask(Commit(uuid4(), ((uuid4(), 100),), valid_until=PAST))

        assert late.outcome == OutcomeKind.TOO_LATE

    def test_survives_the_ends_of_the_calendar(self, desk: Desk) -> None:
        ends = [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)]

        outcomes = [desk.ask(Commit(uuid4(), ((uuid4(), 1),), valid_until=end)) for end in ends]

        assert kinds(outcomes) == ["refused", "too_late"]


class TestVoid:
    def test_of_an_undecided_id_fences_it_for_ever(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        void = desk.ask(Void(purchase))

        late = desk.spend((voucher, 100), id=purchase)

        assert void.outcome == OutcomeKind.VOIDED
        assert (late.outcome, late.reason) == (OutcomeKind.REFUSED, Reason.VOIDED)
        assert (late.position, late.receipt) == (void.position, void.receipt)
        assert desk.left(voucher) == 1000

    def test_comes_again_with_the_same_answer(self, desk: Desk) -> None:
        purchase = uuid4()

        assert desk.ask(Void(purchase)) == desk.ask(Void(purchase))

    def test_of_a_committed_id_says_committed(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        committed = desk.spend((voucher, 100), id=purchase)

        answer = desk.ask(Void(purchase))

        assert answer == committed
        assert desk.left(voucher) == 900

    def test_of_a_refused_id_says_refused(self, desk: Desk) -> None:
        purchase = uuid4()
        refused = desk.spend((uuid4(), 100), id=purchase)

        assert desk.ask(Void(purchase)) == refused

    def test_fences_a_reversal_too(self, desk: Desk) -> None:
        voucher, purchase, reversal = desk.voucher(1000), uuid4(), uuid4()
        desk.spend((voucher, 100), id=purchase)
        desk.ask(Void(reversal))

        late = desk.ask(Reverse(reversal, purchase, ((voucher, 100),)))

        assert (late.outcome, late.reason) == (OutcomeKind.REFUSED, Reason.VOIDED)
        assert desk.left(voucher) == 900


class TestReverse:
    def test_gives_back_part_and_then_the_rest(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        desk.spend((voucher, 900), id=purchase)

        outcomes = [desk.reverse(purchase, (voucher, 400)), desk.reverse(purchase, (voucher, 500))]

        assert kinds(outcomes) == ["reversed", "reversed"]
        assert desk.left(voucher) == 1000

    def test_never_gives_back_more_than_was_taken_over_all_reversals(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        desk.spend((voucher, 900), id=purchase)
        desk.reverse(purchase, (voucher, 400))

        outcome = desk.reverse(purchase, (voucher, 501))

        assert (outcome.outcome, outcome.reason) == (OutcomeKind.REFUSED, Reason.OVER_REVERSED)
        assert desk.left(voucher) == 500

    def test_counts_each_voucher_for_itself(self, desk: Desk) -> None:
        first, second, purchase = desk.voucher(1000), desk.voucher(1000), uuid4()
        desk.spend((first, 900), (second, 100), id=purchase)

        outcome = desk.reverse(purchase, (first, 100), (second, 101))

        assert outcome.reason == Reason.OVER_REVERSED
        assert (desk.left(first), desk.left(second)) == (100, 900)

    def test_of_a_voucher_that_the_transaction_did_not_touch_is_refused(self, desk: Desk) -> None:
        voucher, stranger, purchase = desk.voucher(1000), desk.voucher(1000), uuid4()
        desk.spend((voucher, 100), id=purchase)
        desk.spend((stranger, 100))

        outcome = desk.reverse(purchase, (stranger, 1))

        assert outcome.reason == Reason.OVER_REVERSED
        assert desk.left(stranger) == 900

    @pytest.mark.parametrize("what", ["undecided", "voided", "refused", "a reversal"])
    def test_of_what_is_not_committed_is_refused_for_ever(self, desk: Desk, what: str) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        if what == "voided":
            desk.ask(Void(purchase))
        if what == "refused":
            desk.spend((voucher, 1001), id=purchase)
        if what == "a reversal":
            taken = desk.spend((voucher, 10))
            assert taken.id is not None
            desk.ask(Reverse(purchase, taken.id, ((voucher, 10),)))

        reversal = Reverse(uuid4(), purchase, ((voucher, 1),))
        refused = desk.ask(reversal)
        desk.spend((voucher, 100), id=purchase)

        assert (refused.outcome, refused.reason) == (OutcomeKind.REFUSED, Reason.NOT_COMMITTED)
        assert desk.ask(reversal) == refused

    def test_works_on_a_closed_voucher(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        desk.spend((voucher, 100), id=purchase)
        desk.ask(Close(uuid4(), voucher))

        outcome = desk.reverse(purchase, (voucher, 100))

        assert outcome.outcome == OutcomeKind.REVERSED

    def test_gets_the_same_answer_when_it_comes_again(self, desk: Desk) -> None:
        voucher, purchase = desk.voucher(1000), uuid4()
        desk.spend((voucher, 100), id=purchase)
        reversal = Reverse(uuid4(), purchase, ((voucher, 60),))

        assert desk.ask(reversal) == desk.ask(reversal)
        assert desk.left(voucher) == 960


class TestRegisterAndClose:
    def test_registering_again_with_the_same_face_is_the_same_answer(self, desk: Desk) -> None:
        register = Register(uuid4(), 1000)
        first = desk.ask(register)
        desk.spend((register.id, 400))

        again = desk.ask(register)

        assert again == first
        assert desk.left(register.id) == 600

    def test_registering_again_with_another_face_is_a_conflict(self, desk: Desk) -> None:
        voucher = desk.voucher(1000)

        outcome = desk.ask(Register(voucher, 2000))

        assert outcome.outcome == OutcomeKind.CONFLICT
        assert desk.left(voucher) == 1000

    def test_closing_is_idempotent_by_id_and_by_voucher(self, desk: Desk) -> None:
        voucher = desk.voucher(1000)
        close = Close(uuid4(), voucher)

        first, again, another = desk.ask(close), desk.ask(close), desk.ask(Close(uuid4(), voucher))

        assert first == again
        assert (first.outcome, another.outcome) == (OutcomeKind.CLOSED, OutcomeKind.CLOSED)

    def test_closing_an_unknown_voucher_is_refused(self, desk: Desk) -> None:
        outcome = desk.ask(Close(uuid4(), uuid4()))

        assert (outcome.outcome, outcome.reason) == (OutcomeKind.REFUSED, Reason.UNKNOWN_VOUCHER)

    def test_one_id_is_one_thing_only(self, desk: Desk) -> None:
        voucher = desk.voucher(1000)

        outcomes = desk.batch(Commit(voucher, ((voucher, 1),)), Close(voucher, voucher))

        assert kinds(outcomes) == ["conflict", "conflict"]
