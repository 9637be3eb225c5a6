"""Statements paid out: what is in a run, who lets it out, what the bank says, and that nothing is paid twice."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from merchants.banking.accounts import hold_account, release_account
from merchants.models import AccountHold, Notice, Store
from payments.models import (
    FileDownload,
    PayerAccount,
    RunState,
    Statement,
    Transfer,
    TransferItem,
    TransferRun,
    TransferState,
)
from payments.transfers.errors import (
    FieldInvalid,
    NotApproved,
    NothingToPay,
    NotSent,
    PayDayInvalid,
    ReasonNeeded,
    ResultForeign,
    ResultIncomplete,
    ResultRepeated,
    ResultUnreadable,
    RunNotDraft,
    StatementsTaken,
)
from payments.transfers.handing_out import hand_out
from payments.transfers.payable import LeftOut, payable
from payments.transfers.results import take_result
from payments.transfers.run_file import file_of
from payments.transfers.runs import ask_for_approval, discard_run, make_run
from regions import approvals
from regions.errors import ApprovalOpen, EffectRefused, SamePerson
from tests.settlement.town import assert_settlement_adds_up, close_next, now_is
from tests.transfers.parser import read
from tests.transfers.paying import BEFORE, PAY_ON, PayingTown, account_for, answered, listed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db: None) -> PayingTown:
    found = PayingTown()
    for number, store in enumerate(found.shops):
        account_for(store.merchant, f"100000{number}")
    return found


def made(town: PayingTown, day: date = PAY_ON, *, now: Any = BEFORE) -> TransferRun:
    return make_run(town.payer, day, by=town.staff, now=now)


def paid_out(state: str) -> int:
    return TransferItem.objects.filter(state=state).aggregate(yen=Sum("statement__net"))["yen"] or 0


def assert_every_yen_is_somewhere(town: PayingTown) -> None:
    """Statements = in the accounts + on the way + still to be paid."""
    waiting = Statement.objects.unpaid().aggregate(yen=Sum("net"))["yen"] or 0
    assert sum(Statement.objects.values_list("net", flat=True)) == paid_out("paid") + paid_out("open") + waiting
    assert_settlement_adds_up(town.region)


def test_a_run_pays_each_merchant_once_what_its_statements_say(town: PayingTown) -> None:
    Store.objects.filter(pk=town.shops[1].pk).update(merchant=town.shops[0].merchant)
    town.shops[1].refresh_from_db()
    town.sell(town.shops[1], 77, date(2026, 4, 20))
    close_next(town.rule)

    run = made(town, date(2026, 5, 15))

    found = read(file_of(run))
    assert (run.count, run.total) == (3, 6_077)
    assert sorted(int(line["yen"]) for line in found.transfers) == [1_077, 2_000, 3_000]
    assert {line["account"] for line in found.transfers} == {"1000000", "1000001", "1000002"}
    assert found.header["mmdd"] == "0515"
    assert_every_yen_is_somewhere(town)


def test_what_cannot_be_paid_is_left_out_with_its_reason_and_not_lost(town: PayingTown) -> None:
    first, second, third = (store.merchant for store in town.shops)
    first.bank_accounts.update(ended_at=BEFORE, end="stopped")
    hold_account(second, "名義相違", now=BEFORE)

    run = made(town)

    reasons = {entry.merchant: entry.left_out for entry in payable(town.region, PAY_ON, at=BEFORE)}
    assert reasons == {first: LeftOut.NO_ACCOUNT, second: LeftOut.ON_HOLD}
    assert [transfer.merchant for transfer in run.transfers.all()] == [third]
    assert_every_yen_is_somewhere(town)


@pytest.mark.parametrize("day", [date(2026, 4, 29), date(2026, 5, 2), date(2026, 4, 24)])
def test_the_pay_day_is_a_business_day_to_come(town: PayingTown, day: date) -> None:
    with pytest.raises(PayDayInvalid):
        made(town, day)
    assert not TransferRun.objects.exists()


def test_without_anything_due_there_is_no_run(town: PayingTown) -> None:
    with pytest.raises(NothingToPay):
        made(town, date(2026, 4, 28))


def test_a_statement_is_in_one_run_at_a_time(town: PayingTown) -> None:
    run = made(town)

    with pytest.raises(NothingToPay):
        made(town)
    discard_run(run)

    again = made(town)
    assert again.total == run.total == 6_000
    assert set(TransferItem.objects.filter(transfer__run=run).values_list("state", flat=True)) == {"released"}
    assert_every_yen_is_somewhere(town)


def test_runs_made_at_the_same_time_pay_once(town: PayingTown) -> None:
    together, results = threading.Barrier(4), []

    def make() -> None:
        try:
            together.wait()
            results.append(made(town))
        except (StatementsTaken, NothingToPay) as problem:
            results.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(isinstance(result, TransferRun) for result in results) == 1
    assert TransferRun.objects.get().total == 6_000
    assert_every_yen_is_somewhere(town)


def test_two_people_let_a_file_out(town: PayingTown) -> None:
    run = made(town)
    with pytest.raises(NotApproved):
        hand_out(run, by=town.staff, now=BEFORE)

    approval = ask_for_approval(run, by=town.other, now=BEFORE)
    with pytest.raises(ApprovalOpen):
        ask_for_approval(run, by=town.staff, now=BEFORE)
    with pytest.raises(ApprovalOpen):
        discard_run(run)
    # Neither who asked nor who made it.
    for person in (town.other, town.staff):
        with pytest.raises(SamePerson):
            approvals.decide(approval.pk, approve=True, by=person, now=BEFORE)
    run.refresh_from_db()
    assert run.state == RunState.DRAFT

    approvals.decide(approval.pk, approve=True, by=town.__class__.secretary(town), now=BEFORE)
    run.refresh_from_db()
    assert run.state == RunState.APPROVED
    assert read(hand_out(run, by=town.staff, now=BEFORE)).trailer["yen"] == "000000006000"


def test_an_account_that_changed_in_between_is_not_paid(town: PayingTown) -> None:
    run = made(town)
    approval = ask_for_approval(run, by=town.staff, now=BEFORE)
    account_for(town.shops[0].merchant, "7777777", at=BEFORE)

    with pytest.raises(EffectRefused):
        approvals.decide(approval.pk, approve=True, by=town.other, now=BEFORE + timedelta(hours=1))

    run.refresh_from_db()
    approval.refresh_from_db()
    assert (run.state, approval.is_open) == (RunState.DRAFT, True)


def test_the_file_is_handed_out_once_and_again_with_a_reason_and_is_always_the_same(town: PayingTown) -> None:
    run = town.approve(made(town))
    first = hand_out(run, by=town.staff, now=BEFORE)
    PayerAccount.objects.update(client_name="ﾍﾞﾂﾉﾅﾏｴ", has_line_ends=False)

    with pytest.raises(ReasonNeeded):
        hand_out(run, by=town.other, now=BEFORE)
    again = hand_out(run, by=town.other, reason="媒体の破損", now=BEFORE)

    assert first == again == file_of(TransferRun.objects.get())
    assert list(FileDownload.objects.order_by("at", "id").values_list("by", "reason")) == [
        (town.staff.pk, ""),
        (town.other.pk, "媒体の破損"),
    ]
    with pytest.raises(RunNotDraft):
        discard_run(run)


def test_a_run_and_its_transfers_cannot_be_changed(town: PayingTown) -> None:
    made(town)
    for rows, change in (
        (TransferRun.objects.all(), {"total": 1}),
        (TransferRun.objects.all(), {"state": RunState.DOWNLOADED}),
        (Transfer.objects.all(), {"amount": 1}),
        (Transfer.objects.all(), {"account_number": "0000000"}),
        (TransferItem.objects.all(), {"statement": Statement.objects.first()}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Transfer.objects.all().delete()


def test_a_bounce_is_held_the_shop_is_asked_and_the_next_run_pays_it(town: PayingTown) -> None:
    run = made(town)
    content = town.send(run)
    shops = {transfer.position: transfer.merchant for transfer in run.transfers.all()}

    result = take_result(run, answered(content, "020"), by=town.staff, now=now_is(date(2026, 5, 1)))

    assert (result.paid_count, result.bounced_count) == (2, 1)
    assert AccountHold.objects.get().account.merchant == shops[2]
    assert Notice.objects.filter(merchant=shops[2], key__startswith="transfer ").count() == 1
    assert_every_yen_is_somewhere(town)

    later = now_is(date(2026, 5, 12))
    with pytest.raises(NothingToPay):
        made(town, date(2026, 5, 15), now=later)
    account_for(shops[2], "5555555", at=now_is(date(2026, 5, 8)))
    town.sell(town.shops[0], 400, date(2026, 4, 20))
    close_next(town.rule)
    second = made(town, date(2026, 5, 15), now=later)

    bounced = run.transfers.get(position=2)
    found = read(town.send(second, now=later))
    assert {line["account"]: int(line["yen"]) for line in found.transfers} == {
        "5555555": bounced.amount,
        town.shops[0].merchant.bank_accounts.get().number: 400,
    }
    take_result(second, listed(second, "00"), by=town.other, now=now_is(date(2026, 5, 18)))
    assert paid_out("paid") == 6_400
    assert not Statement.objects.unpaid().exists()
    assert_every_yen_is_somewhere(town)


def test_what_the_office_cancelled_is_due_again_and_no_shop_is_blamed(town: PayingTown) -> None:
    run = made(town)
    take_result(run, answered(town.send(run), "888"), by=town.staff, now=now_is(date(2026, 4, 30)))

    assert not AccountHold.objects.exists()
    assert made(town, date(2026, 5, 1), now=now_is(date(2026, 5, 1))).total == 6_000


def test_an_account_that_was_right_after_all_is_released(town: PayingTown) -> None:
    run = made(town)
    take_result(run, answered(town.send(run), "900"), by=town.staff, now=now_is(date(2026, 4, 30)))
    account = AccountHold.objects.get().account
    may_first = now_is(date(2026, 5, 1))

    release_account(account, by=town.staff, reason="銀行の確認により", now=may_first)

    assert made(town, date(2026, 5, 1), now=may_first).count == 1


def test_a_wrong_answer_is_named_and_nothing_of_it_is_taken(town: PayingTown) -> None:
    run = made(town)
    with pytest.raises(NotSent):
        take_result(run, b"number,result\n", by=town.staff)
    content = town.send(run)
    other = answered(content, "000")
    first, *rest = listed(run, "000").decode().splitlines()
    wrong: list[tuple[bytes, type[Exception]]] = [
        (other.replace(b"1000001", b"1000009"), ResultForeign),
        (other.replace(b"0430", b"0515"), ResultForeign),
        (b"\r\n".join(other.split(b"\r\n")[:2] + other.split(b"\r\n")[3:]), ResultForeign),
        (answered(content, "0 0"), ResultUnreadable),
        (answered(content, "070"), ResultUnreadable),
        (other[:250], ResultUnreadable),
        (b"\xff\xfe\x00", ResultUnreadable),
        (b"", ResultUnreadable),
        ("\n".join([first, *rest[:2]]).encode(), ResultIncomplete),
        ("\n".join([first, *rest, rest[0]]).encode(), ResultUnreadable),
        ("\n".join([first, *rest, "ABCDEF12-000001,0"]).encode(), ResultForeign),
        (b"who,what\n1,0\n", ResultUnreadable),
    ]

    for answer, problem in wrong:
        with pytest.raises(problem):
            take_result(run, answer, by=town.staff)

    assert set(Transfer.objects.values_list("state", flat=True)) == {TransferState.OPEN}
    take_result(run, other, by=town.staff)
    with pytest.raises(ResultRepeated):
        take_result(run, other, by=town.staff)
    run.refresh_from_db()
    with pytest.raises(ResultRepeated):
        take_result(run, listed(run, "111"), by=town.staff)
    assert set(Transfer.objects.values_list("state", flat=True)) == {TransferState.PAID}


@pytest.mark.parametrize("profile", [{"has_line_ends": False}, {"has_end_mark": True, "has_edi": True}])
def test_each_banks_wishes_survive_the_way_there_and_back(profile: dict[str, bool]) -> None:
    town = PayingTown()
    account_for(town.shops[0].merchant)
    PayerAccount.objects.update(**profile)
    town.payer.refresh_from_db()
    run = made(town)
    content = town.send(run)

    found = read(content)
    assert found.line_ends is profile.get("has_line_ends", True)
    at = content.index(b"0001", 120) - 1
    answer = content[: at + 113] + b"0" + content[at + 114 :]
    assert take_result(run, answer, by=town.staff).paid_count == 1


def test_a_payer_that_does_not_fit_the_file_makes_no_run(town: PayingTown) -> None:
    PayerAccount.objects.update(client_name="鹿嶋市")
    town.payer.refresh_from_db()

    with pytest.raises(FieldInvalid):
        made(town)
    assert not TransferRun.objects.exists()
