"""Paying out from the office's desk: two people, one file, the bank's answer; and nobody else's office."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import config.urls  # noqa: F401 brings the admin pages of all rooms along
from payments.models import FileDownload, PayerAccount, RunState, Statement, Transfer, TransferRun
from payments.settlement.calendar import Roll, rolled
from regions.models import Approval
from tests.staff.conftest import open_office
from tests.staff.sign_in import signed_in
from tests.transfers.parser import read
from tests.transfers.paying import PayingTown, account_for, answered, listed

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "/staff/transfers/new/"


def pay_day() -> date:
    return rolled(timezone.localdate() + timedelta(days=1), Roll.NEXT)


@pytest.fixture
def town(transactional_db: None) -> PayingTown:
    found = PayingTown()
    for number, store in enumerate(found.shops[:2]):
        account_for(store.merchant, f"100000{number}")
    return found


@pytest.fixture
def desk(town: PayingTown) -> Client:
    return signed_in(town.staff)


@pytest.fixture
def other_desk(town: PayingTown) -> Client:
    return signed_in(town.other)


def step(run: TransferRun, name: str) -> str:
    return reverse(f"staff:payments_transferrun_{name}", args=[run.pk])


def make_run(town: PayingTown, desk: Client) -> TransferRun:
    desk.post(NEW, {"payer": town.payer.pk, "pay_on": pay_day().isoformat()})
    found: TransferRun = TransferRun.objects.get()
    return found


def approve(run: TransferRun, desk: Client, other_desk: Client) -> None:
    desk.post(step(run, "ask"))
    approval = Approval.objects.get()
    other_desk.post(reverse("staff:regions_approval_decide", args=[approval.pk]), {"outcome": "approve"})
    run.refresh_from_db()
    assert run.state == RunState.APPROVED


def test_an_account_to_pay_from_is_kept_as_the_bank_writes_it(town: PayingTown, desk: Client) -> None:
    form = {
        "name": "商品券", "client_code": "0000000001", "client_name": "かしましショウヒンケン株式会社",
        "bank_code": "0130", "bank_kana": "ジョウヨウ", "branch_code": "112", "branch_kana": "カシマ",
        "kind": "1", "account_number": "0000001", "new_code": "0", "delivery": "7", "is_active": "on",
    }  # fmt: skip

    assert desk.post("/staff/payments/payeraccount/add/", form).status_code == 302
    payer = PayerAccount.objects.get(name="商品券")
    assert (payer.client_name, payer.bank_kana) == ("ｶｼﾏｼｼﾖｳﾋﾝｹﾝ(ｶ", "ｼﾞﾖｳﾖｳ")
    wrong = desk.post("/staff/payments/payeraccount/add/", {**form, "name": "x", "client_name": "鹿嶋市"})
    assert wrong.status_code == 200
    assert "鹿" in str(wrong.context["adminform"].form.errors)


def test_the_whole_way_from_what_is_due_to_the_banks_answer(town: PayingTown, desk: Client, other_desk: Client) -> None:
    shown = desk.get(NEW, {"payer": town.payer.pk, "pay_on": pay_day().isoformat()}).content.decode()
    for store in town.shops:
        assert store.merchant.name in shown
    run = make_run(town, desk)
    assert (run.count, run.total) == (2, 3_000)

    assert "B6 BC CF" in desk.get(step(run, "bytes")).content.decode()
    approve(run, desk, other_desk)
    content = desk.post(step(run, "file")).content
    assert read(content).trailer["count"] == "000002"
    again = desk.post(step(run, "file"))
    assert again.status_code == 302
    assert other_desk.post(step(run, "file"), {"reason": "紛失"}).content == content
    assert FileDownload.objects.count() == 2

    answer = SimpleUploadedFile("answer.txt", answered(content, "01"))
    page = desk.post(step(run, "answer"), {"file": answer}, follow=True).content.decode()

    assert set(Transfer.objects.values_list("state", flat=True)) == {"paid", "bounced"}
    for who in (town.staff, town.other):
        assert str(who) in page
    assert "紛失" in page
    listing = desk.get("/staff/payments/statement/").content.decode()
    for statement in Statement.objects.all():
        assert statement.number in listing


def test_who_asked_cannot_agree(town: PayingTown, desk: Client) -> None:
    run = make_run(town, desk)
    desk.post(step(run, "ask"))
    approval = Approval.objects.get()

    desk.post(reverse("staff:regions_approval_decide", args=[approval.pk]), {"outcome": "approve"})

    run.refresh_from_db()
    assert run.state == RunState.DRAFT
    assert desk.post(step(run, "file")).status_code == 302
    assert not FileDownload.objects.exists()


def test_an_answer_to_something_else_is_refused_in_words(town: PayingTown, desk: Client, other_desk: Client) -> None:
    run = make_run(town, desk)
    approve(run, desk, other_desk)
    content = desk.post(step(run, "file")).content
    foreign = SimpleUploadedFile("answer.txt", answered(content, "00").replace(b"1000001", b"1000002"))

    page = desk.post(step(run, "answer"), {"file": foreign}, follow=True)

    assert "3" in str(list(page.context["messages"])[-1])
    assert set(Transfer.objects.values_list("state", flat=True)) == {"open"}
    mine = SimpleUploadedFile("list.csv", listed(run, "00"))
    desk.post(step(run, "answer"), {"file": mine})
    assert set(Transfer.objects.values_list("state", flat=True)) == {"paid"}


def test_a_discarded_run_leaves_its_statements_due(town: PayingTown, desk: Client) -> None:
    run = make_run(town, desk)

    desk.post(step(run, "discard"))

    run.refresh_from_db()
    assert run.state == RunState.DISCARDED
    assert Statement.objects.unpaid().count() == 3
    desk.post(NEW, {"payer": town.payer.pk, "pay_on": pay_day().isoformat()})
    assert TransferRun.objects.count() == 2


@pytest.mark.parametrize("day", ["2020-01-06", "yesterday", ""])
def test_a_day_that_is_none_makes_no_run(town: PayingTown, desk: Client, day: str) -> None:
    answer: Any = desk.post(NEW, {"payer": town.payer.pk, "pay_on": day})

    assert answer.status_code == 200
    assert not TransferRun.objects.exists()


def test_another_office_finds_nothing_of_it(town: PayingTown, desk: Client) -> None:
    run = make_run(town, desk)
    stranger = open_office(slug="theirs", name="彼の市").client

    for name in ("ask", "discard", "file", "answer"):
        assert stranger.post(step(run, name)).status_code == 404
    for name in ("bytes", "list"):
        assert stranger.get(step(run, name)).status_code == 404
    stranger.post(NEW, {"payer": town.payer.pk, "pay_on": pay_day().isoformat()})
    assert TransferRun.objects.count() == 1
