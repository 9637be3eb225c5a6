"""A period closed once and for all: every entry on one statement or open, to the yen."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from payments.models import Closing, SettlementRule, Statement, StatementLine
from payments.settlement import closing as closing_module
from payments.settlement.closing import close_period
from payments.settlement.content import check_content
from payments.settlement.due import close_due
from payments.settlement.errors import PeriodNotNext, PeriodNotOver, StatementDamaged
from payments.settlement.preview import preview
from payments.settlement.schedule import late_period, open_period
from tests.factories import ProgrammeFactory, StoreFactory, TicketTypeFactory, TillFactory, Town, issue
from tests.settlement.town import (
    assert_settlement_adds_up,
    close_next,
    moved_to,
    now_is,
    rule_for,
    statement_of,
)
from tests.staff.sign_in import paid, refunded

pytestmark = pytest.mark.django_db(transaction=True)


def paid_on(town: Town, amount: int, day: date) -> Any:
    payment = paid(town, amount)
    moved_to(payment, day)
    return payment


def test_two_closings_over_a_holiday_with_a_refund_after_the_first() -> None:
    town = Town(balance=50_000)
    rule = rule_for(town.region)
    early = paid_on(town, 3_000, date(2026, 4, 3))
    paid_on(town, 2_000, date(2026, 4, 15))
    paid_on(town, 500, date(2026, 4, 16))

    first = close_next(rule)
    moved_to(refunded(early, 1_000, by=town.shop_person()), date(2026, 4, 20))
    second = close_next(rule)

    one, two = statement_of(town, first), statement_of(town, second)
    assert (one.gross, one.refunds, one.net, one.pay_on) == (5_000, 0, 5_000, date(2026, 4, 30))
    assert (two.gross, two.refunds, two.net, two.carried_out) == (500, -1_000, 0, -500)
    assert (two.pay_on, two.payments_count, two.refunds_count) == (date(2026, 5, 15), 1, 1)
    paid_on(town, 900, date(2026, 5, 2))
    three = statement_of(town, close_next(rule))
    assert (three.carried_in, three.net, three.pay_on) == (-500, 400, date(2026, 6, 1))
    assert_settlement_adds_up(town.region)


def test_the_same_closing_twice_is_one() -> None:
    town = Town(balance=5_000)
    rule = rule_for(town.region)
    paid_on(town, 1_000, date(2026, 4, 3))
    found = open_period(rule)
    assert found

    first = close_period(rule, found.period, now=found.ends_before)
    second = close_period(rule, found.period, now=found.ends_before + timedelta(days=1))

    assert first == second
    assert Statement.objects.count() == StatementLine.objects.count() == 1


def test_a_period_closes_when_it_is_over_and_in_its_turn() -> None:
    town = Town()
    rule = rule_for(town.region)
    found = open_period(rule)
    assert found

    with pytest.raises(PeriodNotOver):
        close_period(rule, found.period, now=found.ends_before - timedelta(seconds=1))
    close_next(rule)
    following = open_period(rule)
    assert following
    close_next(rule)
    close_next(rule)
    Closing.objects.count()
    later = open_period(rule)
    assert later
    skipped = later.period.__class__(date(2026, 6, 1), date(2026, 6, 15), date(2026, 6, 30))
    with pytest.raises(PeriodNotNext):
        close_period(rule, skipped, now=now_is(date(2026, 7, 1)))
    assert Closing.objects.count() == 3


def test_a_closed_statement_lets_nothing_in_and_nothing_out() -> None:
    town = Town(balance=5_000)
    rule = rule_for(town.region)
    paid_on(town, 1_000, date(2026, 4, 3))
    statement = statement_of(town, close_next(rule))
    late = paid_on(town, 700, date(2026, 4, 4))

    line = StatementLine(
        entry=late.store_entries.get(),
        programme=town.programme,
        statement=statement,
        amount=700,
        at=statement.closed_at,
    )
    for attempt in (
        lambda: line.save(force_insert=True),
        lambda: StatementLine.objects.filter(statement=statement).update(amount=1),
        lambda: StatementLine.objects.filter(statement=statement).delete(),
        lambda: Statement.objects.filter(pk=statement.pk).update(net=1),
        lambda: Closing.objects.filter(pk=statement.closing_id).update(pay_on=date(2026, 4, 16)),
    ):
        with pytest.raises((IntegrityError, InternalError, ProgrammingError)), transaction.atomic():
            attempt()
    check_content(statement)


def test_a_change_behind_the_guards_is_seen_by_the_hash() -> None:
    town = Town(balance=5_000)
    paid_on(town, 1_000, date(2026, 4, 3))
    statement = statement_of(town, close_next(rule_for(town.region)))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_statementline DISABLE TRIGGER USER")
        cursor.execute("UPDATE payments_statementline SET amount = 999")
        cursor.execute("ALTER TABLE payments_statementline ENABLE TRIGGER USER")

    with pytest.raises(StatementDamaged):
        check_content(statement)


def test_what_is_written_late_is_a_late_line_of_the_next_statement() -> None:
    town = Town(balance=5_000)
    rule = rule_for(town.region)
    paid_on(town, 1_000, date(2026, 4, 3))
    first = statement_of(town, close_next(rule))
    paid_on(town, 300, date(2026, 4, 10))

    second = statement_of(town, close_next(rule))

    assert [(line.amount, line.is_late) for line in second.lines.all()] == [(300, True)]
    assert first.lines.count() == 1
    assert_settlement_adds_up(town.region)


def test_each_programme_is_settled_by_its_own_rule_and_the_parts_make_the_whole() -> None:
    town = Town()
    other = ProgrammeFactory(region=town.region)
    support = TicketTypeFactory(programme=other)
    town.store.ticket_types.add(support)
    issue(town.resident, town.common, 700)
    issue(town.resident, support, 1_000)
    general = rule_for(town.region)
    own = rule_for(town.region, programme=other, fee_bp=300)
    payment = paid_on(town, 1_700, date(2026, 4, 3))

    (line,) = statement_of(town, close_next(own)).lines.all()
    assert (line.programme_id, line.amount) == (other.pk, 1_000)
    assert_settlement_adds_up(town.region)
    rest = statement_of(town, close_next(general))
    assert [(line.programme_id, line.amount) for line in rest.lines.all()] == [(town.programme.pk, 700)]

    moved_to(refunded(payment, 1_200, by=town.shop_person()), date(2026, 4, 20))
    back = [statement_of(town, close_next(rule)) for rule in (own, general)]
    assert sum(statement.refunds for statement in back) == -1_200
    assert {statement.refunds for statement in back} in ({-1_000, -200}, {-700, -500})
    assert_settlement_adds_up(town.region)


def test_under_the_minimum_is_carried_over_and_the_last_claim_pays_it_out() -> None:
    town = Town(balance=20_000)
    rule = rule_for(town.region, minimum=10_000, last_claim_on=date(2026, 5, 5))
    paid_on(town, 9_999, date(2026, 4, 3))

    first, second, final = (close_next(rule) for _ in range(3))

    assert statement_of(town, first).carried_out == 9_999
    assert not second.statements.exists()
    assert final.is_final
    assert statement_of(town, final).net == 9_999
    assert open_period(rule) is None
    paid_on(town, 80, date(2026, 5, 4))
    late = late_period(rule, today=date(2026, 5, 20))
    assert late
    assert statement_of(town, close_period(rule, late, now=now_is(date(2026, 5, 20)))).net == 80
    assert_settlement_adds_up(town.region)


def test_the_preview_is_what_the_closing_makes() -> None:
    town = Town(balance=20_000)
    rule = rule_for(town.region, fee_bp=300, fee_fixed=110)
    other = StoreFactory(region=town.region)
    other.ticket_types.add(town.common)
    paid_on(town, 3_333, date(2026, 4, 3))
    town.till = TillFactory(store=other)
    paid_on(town, 1_234, date(2026, 4, 4))
    found = open_period(rule)
    assert found

    shown = {draft.store.pk: draft.amounts for draft in preview(rule, found.period)}
    closing = close_next(rule)

    assert shown.keys() == {town.store.pk, other.pk}
    for statement in closing.statements.all():
        amounts = shown[statement.store_id]
        assert (amounts.gross, amounts.fee, amounts.net) == (statement.gross, statement.fee, statement.net)


def test_a_missed_day_is_caught_up_and_the_last_minutes_are_waited_for() -> None:
    town = Town(balance=5_000)
    rule = rule_for(town.region)
    paid_on(town, 1_000, date(2026, 4, 3))
    found = open_period(rule)
    assert found

    assert close_due(now=found.ends_before + timedelta(hours=1)) == []
    closed = close_due(now=now_is(date(2026, 5, 17)))

    assert [closing.last_on for closing in closed] == [date(2026, 4, 15), date(2026, 4, 30), date(2026, 5, 15)]
    assert close_due(now=now_is(date(2026, 5, 17))) == []
    SettlementRule.objects.update(is_active=False)
    assert close_due(now=now_is(date(2026, 8, 1))) == []


def test_a_closing_that_ends_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(balance=5_000)
    rule = rule_for(town.region)
    paid_on(town, 1_000, date(2026, 4, 3))

    def killed(_name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(closing_module, "crash_point", killed)
        with pytest.raises(KeyboardInterrupt):
            close_next(rule)

    assert not Closing.objects.exists()
    assert not StatementLine.objects.exists()
    assert statement_of(town, close_next(rule)).net == 1_000


def close_in_threads(rule: SettlementRule, count: int) -> list[Any]:
    found = open_period(rule)
    assert found
    together, results = threading.Barrier(count), []

    def close() -> None:
        try:
            together.wait()
            results.append(close_period(rule, found.period, now=found.ends_before))
        except IntegrityError as problem:
            results.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=close) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_closings_at_the_same_time_make_one() -> None:
    town = Town(balance=5_000)
    rule = rule_for(town.region)
    for day in (1, 2, 3):
        paid_on(town, 100 * day, date(2026, 4, day))

    results = close_in_threads(rule, 4)

    assert len({closing.pk for closing in results}) == 1
    assert Statement.objects.get().gross == 600
    assert_settlement_adds_up(town.region)


def test_without_the_lock_the_database_still_lets_only_one_in(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(balance=5_000)
    rule = rule_for(town.region)
    paid_on(town, 1_000, date(2026, 4, 3))
    monkeypatch.setattr(
        SettlementRule._default_manager, "select_for_update", lambda **_how: SettlementRule._default_manager.all(),
        raising=False,
    )  # fmt: skip

    results = close_in_threads(rule, 4)

    assert any(isinstance(result, IntegrityError) for result in results)
    assert Statement.objects.get().net == 1_000


def test_payments_and_refunds_that_race_with_closings_are_settled_once() -> None:
    town = Town(balance=50_000)
    rule = rule_for(town.region, terms=[{"closing_day": day, "pay_days_later": 3} for day in range(1, 29)])
    shop = town.shop_person()
    payments = [paid_on(town, 1_000, date(2026, 4, 1)) for _ in range(4)]
    stop = threading.Event()

    def close_and_close() -> None:
        try:
            while not stop.is_set():
                close_next(rule)
        finally:
            connection.close()

    closer = threading.Thread(target=close_and_close)
    closer.start()
    for payment in payments:
        refunded(payment, 400, by=shop)
        paid(town, 50)
    stop.set()
    closer.join()

    assert_settlement_adds_up(town.region)
    assert Statement.objects.exists()
