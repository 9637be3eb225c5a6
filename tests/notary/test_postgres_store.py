"""What PostgreSQL itself guards, whatever the code above it does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

from notary.client.receipts import verify_chain
from notary.client.values import Commit, OutcomeKind, Register, Request, Void
from notary.errors import DatabaseAway
from notary.models import Account, Batch, Decision, Head
from notary.rules import carry_out, wanted_by
from notary.sealing import seal
from notary.stores import postgres
from notary.stores.postgres import PostgresStore
from tests.notary.situations import PLATFORM, PUBLIC_KEYS, SIGNER, Desk

pytestmark = pytest.mark.django_db(databases=["notary"])

committing = pytest.mark.django_db(databases=["notary"], transaction=True)


@pytest.fixture
def desk() -> Desk:
    return Desk(PostgresStore(using="notary"))


@contextmanager
def refused(error: type[Exception]) -> Iterator[None]:
    with pytest.raises(error), transaction.atomic(using="notary"):
        yield


class TestBooks:
    @pytest.mark.parametrize("model", [Decision, Batch])
    def test_refuse_to_be_changed(self, desk: Desk, model: type[Decision] | type[Batch]) -> None:
        desk.ask(Void(uuid4()))
        rows = model.objects.using("notary")
        before = list(rows.values())

        for column in ("leaf",) if model is Decision else ("header", "leaves", "signature"):
            with refused(DatabaseError):
                rows.update(**{column: b"" if column == "leaves" else ""})
        with refused(DatabaseError):
            rows.all()._raw_delete("notary")

        assert list(rows.values()) == before

    @pytest.mark.parametrize("spent", [-1, 1001])
    def test_refuse_to_spend_outside_the_face(self, desk: Desk, spent: int) -> None:
        voucher = desk.voucher(1000)
        account = Account.objects.using("notary").filter(voucher=voucher)

        with refused(IntegrityError):
            account.update(spent=spent)

        assert account.get().spent == 0

    def test_refuse_a_second_decision_on_an_id(self, desk: Desk) -> None:
        purchase = uuid4()
        desk.ask(Void(purchase))

        with refused(IntegrityError):
            Decision.objects.using("notary").create(
                position=10**9, batch=1, platform=PLATFORM, request_id=purchase, transaction=None, leaf="{}"
            )

    def test_have_one_head(self, desk: Desk) -> None:
        desk.ask(Void(uuid4()))

        with refused(IntegrityError):
            Head.objects.using("notary").create(id=2, number=0, position=0, hash="")


def nothing() -> None:
    pass


def decide_by_hand(
    request: Request,
    *,
    before_writing: Callable[[], object] = nothing,
    afterwards: Callable[[], object] = nothing,
) -> None:
    """What Decisions does in one turn, with something else in the middle of it."""
    with PostgresStore(using="notary").turn(PLATFORM, wanted_by([request])) as turn:
        carry_out(turn.books, request)
        before_writing()
        turn.record(seal(SIGNER, turn.books.head, turn.books.added))
        afterwards()


class TestTurn:
    def test_that_raises_leaves_no_trace(self, desk: Desk) -> None:
        voucher = desk.voucher(1000)
        head, request = desk.head(), Commit(uuid4(), ((voucher, 10),))

        with pytest.raises(ZeroDivisionError):
            decide_by_hand(request, afterwards=lambda: 1 // 0)

        assert desk.head() == head
        assert desk.decisions.decision(PLATFORM, request.id) is None
        assert desk.left(voucher) == 1000

    @committing
    def test_is_three_statements_however_large_the_batch(self, desk: Desk) -> None:
        voucher = desk.voucher(1000)
        said: list[str] = []

        def listen(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
            said.append(sql)
            return execute(sql, params, many, context)

        with connections["notary"].execute_wrapper(listen):
            desk.batch(*(Commit(uuid4(), ((voucher, 1),)) for _ in range(64)))

        # And BEGIN, COMMIT, which are not statements of ours.
        assert len(said) == 3

    def test_with_a_database_that_is_away_says_so(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(postgres, "LOCK_HEAD", "SELECT pg_terminate_backend(pg_backend_pid())")
        connection = connections["notary"].copy()
        monkeypatch.setattr(postgres, "connections", {"notary": connection})
        with pytest.raises(DatabaseAway):
            PostgresStore(using="notary")._locked_head()
        connection.close()


def at_once(*tasks: object) -> None:
    def run(task: object) -> None:
        try:
            task()  # type: ignore[operator]
        finally:
            connections["notary"].close()

    threads = [Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)


@committing
class TestRaces:
    def test_parallel_batches_never_overspend_and_leave_no_gap(self, desk: Desk) -> None:
        vouchers = [desk.voucher(100) for _ in range(3)]
        committed: list[int] = []

        def spend() -> None:
            mine = Desk(PostgresStore(using="notary"))
            for _ in range(10):
                outcomes = mine.batch(*(Commit(uuid4(), tuple((voucher, 3) for voucher in vouchers)) for _ in range(2)))
                committed.extend(3 for outcome in outcomes if outcome.outcome == OutcomeKind.COMMITTED)

        at_once(*[spend] * 6)

        assert sum(committed) == 99
        assert [account.spent for account in Account.objects.using("notary").all()] == [99, 99, 99]
        positions = list(Decision.objects.using("notary").order_by("position").values_list("position", flat=True))
        assert positions == list(range(1, 3 + 6 * 20 + 1))
        assert verify_chain(desk.decisions.chain(0, 1000), PUBLIC_KEYS) == positions[-1]

    def test_a_reader_beside_the_writers_misses_nothing(self, desk: Desk) -> None:
        writing = [True]
        seen: list[int] = []

        def write() -> None:
            mine = Desk(PostgresStore(using="notary"))
            for _ in range(20):
                mine.batch(Void(uuid4()), Void(uuid4()))

        def read() -> None:
            mine, after = Desk(PostgresStore(using="notary")), 0
            while after < 120 and writing:
                page = mine.decisions.log(PLATFORM, after, 7)
                seen.extend(entry.outcome.position or 0 for entry in page.entries)
                after = page.next

        def write_all() -> None:
            at_once(*[write] * 3)

        try:
            at_once(write_all, read)
        finally:
            writing.clear()

        assert seen == list(range(1, 121))

    def test_without_the_lock_two_batches_take_the_same_places(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the lock is for: with a plain read instead, only the primary key saves the log."""
        desk.voucher(1000)
        monkeypatch.setattr(postgres, "LOCK_HEAD", postgres.LOCK_HEAD.removesuffix("FOR UPDATE"))
        overtake = partial(at_once, lambda: Desk(PostgresStore(using="notary")).ask(Void(uuid4())))

        with pytest.raises(IntegrityError):
            decide_by_hand(Register(uuid4(), 1), before_writing=overtake)
