"""One shop's whole way: it joins, sells, gives back, is settled twice over the New Year, bounces, and is paid."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from merchants.banking.accounts import APPROVAL_KIND as ACCOUNT
from merchants.banking.accounts import payable_account, request_account_change
from merchants.banking.details import check_details
from merchants.joining.review import approve
from merchants.models import JoinApplication, Merchant, Notice, Store, Till
from payments.authorisation import PaymentRequest, authorise
from payments.models import Payment, Statement, Transfer, TransferRun
from payments.refund_verification import verify_refunds
from payments.refunds import RefundRequest, refund_payment
from payments.settlement.due import close_due
from payments.transfers.handing_out import hand_out
from payments.transfers.payable import payable
from payments.transfers.results import take_result
from payments.transfers.runs import APPROVAL_KIND as FILE
from payments.transfers.runs import ask_for_approval, make_run
from payments.verification import verify_due
from regions import approvals
from regions.models import Message, Resident, User
from tests.books import assert_books_balance
from tests.factories import ResidentFactory, UserFactory, issue
from tests.joining.conftest import JoiningTown, letters, link_in
from tests.settlement.town import assert_settlement_adds_up, rule_for
from tests.staff.sign_in import signed_in
from tests.transfers.parser import read
from tests.transfers.paying import account_for, answered, colleague, payer_for

pytestmark = pytest.mark.django_db(transaction=True)

TOKYO = ZoneInfo("Asia/Tokyo")


@contextmanager
def on(day: str, hour: int = 12) -> Iterator[datetime]:
    """That day's noon in Japan, or another hour of it."""
    at = datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=TOKYO)
    with time_machine.travel(at, tick=True), timezone.override(TOKYO):
        yield at


class Story:
    """The town, its office of two, the shop that joins, and another one that is there already."""

    def __init__(self) -> None:
        self.town = JoiningTown(slug="ours", name="我が市")
        self.region = self.town.region
        self.staff, self.second = self.town.secretary(), colleague(self.region)
        self.payer = payer_for(self.region)
        self.residents = [self._resident() for _ in range(3)]
        account_for(self.town.store.merchant, "7777777", at=timezone.now())
        self.sold = 0
        self.given_back = 0

    def _resident(self) -> Resident:
        resident: Resident = ResidentFactory(region=self.region)
        until = timezone.now() + timedelta(days=120)
        issue(resident, self.town.common, 20_000, expires_at=until)
        issue(resident, self.town.local, 14_000, expires_at=until)
        return resident

    def join(self) -> None:
        """The web form, the office's approval, the invitation by e-mail, and the account that two people agree on."""
        Client().post(self.town.form_address, {**self.town.typed(), "confirmed": "1"})
        application = JoinApplication.objects.get()
        self.merchant: Merchant = approve(application, by=self.staff)
        self.owner: User = UserFactory(email="hanako@example.jp")
        invitation = next(letter for letter in letters() if "/invitations/" in letter.body)
        self.client = signed_in(self.owner)
        self.client.post(link_in(invitation))
        self.change_account("1234567", "カ）カシマショウテン")
        self.store: Store = self.merchant.stores.get()
        self.till: Till = self.store.tills.get()

    def change_account(self, number: str, holder: str) -> None:
        details = check_details(bank_code="0001", branch_code="004", kind=1, number=number, holder=holder)
        account = request_account_change(self.merchant, details, by=self.owner, proved_at=timezone.now())
        asked = approvals.open_approval(ACCOUNT, account.pk)
        assert asked
        approvals.decide(asked.pk, approve=True, by=self.second)

    def sell(self, count: int, *, till: Till | None = None) -> list[Payment]:
        """So many payments, turn by turn of the three residents, of 100, 110, 120 … yen."""
        made = []
        for number, resident in zip(range(count), cycle(self.residents), strict=False):
            code = (till or self.till).code
            asked = PaymentRequest(
                self.region, resident.wallet.pk, code, 100 + 10 * number, f"{timezone.now()} {number}"
            )
            made.append(authorise(asked))
        while verify_due(self.region.notary):
            pass
        if till is None:
            self.sold += sum(payment.amount for payment in made)
        assert {Payment.objects.get(pk=payment.pk).status for payment in made} == {"completed"}
        return made

    def give_back(self, payment: Payment, yen: int) -> None:
        refund_payment(RefundRequest(payment.pk, yen, "返品", self.owner, f"refund {yen}"))
        assert verify_refunds(self.region.notary) == 1
        self.given_back += yen

    def pay_out(self, day: str, codes: dict[str, str]) -> TransferRun:
        """A run made by one, approved by the other, handed out, and answered by the bank with these codes."""
        run = make_run(self.payer, datetime.fromisoformat(day).date(), by=self.staff)
        ask_for_approval(run, by=self.staff)
        asked = approvals.open_approval(FILE, run.pk)
        assert asked
        approvals.decide(asked.pk, approve=True, by=self.second)
        run.refresh_from_db()
        content = hand_out(run, by=self.staff)
        self._check(run, content)
        run.refresh_from_db()
        transfers = Transfer.objects.filter(run=run).order_by("position")
        take_result(run, answered(content, "".join(codes[t.account_number] for t in transfers)), by=self.staff)
        return run

    def _check(self, run: TransferRun, content: bytes) -> None:
        """An independent reader finds in the file what the run says."""
        found = read(content)
        amounts = list(Transfer.objects.filter(run=run).order_by("position").values_list("amount", flat=True))
        assert [int(line["yen"]) for line in found.transfers] == amounts
        assert (int(found.trailer["count"]), int(found.trailer["yen"])) == (len(amounts), sum(amounts))

    def statements(self) -> list[Statement]:
        return list(Statement.objects.filter(store=self.store).order_by("last_on"))

    def paid_out(self) -> int:
        states = Transfer.objects.filter(merchant=self.merchant, state="paid")
        return sum(states.values_list("amount", flat=True))


def test_a_shop_from_joining_to_pay_out() -> None:
    with on("2026-12-01"):
        story = Story()
        rule_for(story.region, begins_on=timezone.localdate())
        story.join()
        assert payable_account(story.merchant, timezone.now())
        stand = story.client.get(f"/ours/tills/{story.till.code}/stand/")
        assert (stand.status_code, story.till.code[:4] in stand.content.decode()) == (200, True)

    with on("2026-12-05"):
        first = story.sell(30)
        story.sell(4, till=story.town.till)
        story.give_back(first[0], first[0].amount)
        story.give_back(first[1], 60)
        assert Message.objects.filter(kind="refund").count() == 2
    with on("2026-12-16"):
        assert len(close_due()) == 1
    with on("2026-12-20"):
        story.give_back(first[29], 390)
        story.sell(20)
    with on("2026-12-28"):
        run = story.pay_out("2027-01-04", {"1234567": "2", "7777777": "0"})
        assert_bounced(story, run)

    with on("2027-01-01"):
        assert len(close_due()) == 1
        story.change_account("7654321", "カ）カシマシヨウテン")
    with on("2027-01-13"):
        story.pay_out("2027-01-15", {"7654321": "0"})

    assert_paid(story)


def assert_bounced(story: Story, run: TransferRun) -> None:
    """The pay day rolled over the holidays; the bounced shop is asked, is on hold, and nothing of it is lost."""
    (statement,) = story.statements()
    assert (str(statement.pay_on), statement.net) == ("2027-01-04", statement.gross + statement.refunds)
    assert set(run.transfers.values_list("account_number", "state")) == {("1234567", "bounced"), ("7777777", "paid")}
    bounced = run.transfers.get(account_number="1234567")
    assert Notice.objects.filter(merchant=story.merchant, key=f"transfer {bounced.pk}").exists()
    assert payable_account(story.merchant, timezone.now()) is None
    due: Any = {entry.merchant.pk: entry for entry in payable(story.region, statement.pay_on, at=timezone.now())}
    assert due[story.merchant.pk].left_out == "on_hold"
    assert story.paid_out() == 0


def assert_paid(story: Story) -> None:
    """The second run paid both periods; all sums agree, to the yen."""
    before, after = story.statements()
    assert (str(after.pay_on), after.refunds) == ("2027-01-15", -390)
    assert before.net + after.net == story.paid_out() == story.sold - story.given_back
    assert Payment.objects.filter(store=story.store).count() == 50
    assert not list(Statement.objects.filter(merchant=story.merchant).unpaid())
    assert_settlement_adds_up(story.region)
    assert_books_balance()
