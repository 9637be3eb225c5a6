"""A town that can pay its shops: an account to pay from, shops with accounts, statements that are due."""

from datetime import date, datetime, timedelta
from typing import Any

from merchants.models import BankAccount, Merchant
from payments.models import PayerAccount, Transfer, TransferRun
from payments.transfers.handing_out import hand_out
from payments.transfers.runs import APPROVAL_KIND, ask_for_approval
from regions import approvals
from regions.models import Membership, Region, Role, User
from tests.factories import StoreFactory, TillFactory, Town, UserFactory
from tests.settlement.town import close_next, moved_to, now_is, rule_for
from tests.staff.sign_in import paid

PAY_ON = date(2026, 4, 30)
BEFORE = now_is(date(2026, 4, 27))


def payer_for(region: Region, **fields: Any) -> PayerAccount:
    found: PayerAccount = PayerAccount.objects.create(
        region=region,
        **{
            "name": "商品券口座",
            "client_code": "0012345678",
            "client_name": "ｶｼﾏｼｼﾖｳﾋﾝｹﾝ",
            "bank_code": "0130",
            "bank_kana": "ｼﾞﾖｳﾖｳ",
            "branch_code": "112",
            "branch_kana": "ｶｼﾏ",
            "account_number": "7654321",
            **fields,
        },
    )
    return found


def account_for(merchant: Merchant, number: str = "1234567", *, at: datetime | None = None) -> BankAccount:
    """An account that two people have agreed on, in force."""
    since = at or now_is(date(2026, 1, 5))
    found: BankAccount = BankAccount.objects.create(
        region=merchant.region,
        merchant=merchant,
        bank_code="0001",
        bank_name="みずほ",
        bank_kana="ﾐｽﾞﾎ",
        branch_code="004",
        branch_name="丸の内中央",
        branch_kana="ﾏﾙﾉｳﾁﾁﾕｳｵｳ",
        number=number,
        holder_kana="ｶ)ｼｹﾝｼﾖｳﾃﾝ",
        requested_by=UserFactory(),
        requested_at=since,
        effective_at=since,
    )
    return found


def colleague(region: Region) -> User:
    """Another person of the secretariat."""
    user = UserFactory()
    Membership.objects.create(user=user, region=region, role=Role.SECRETARIAT)
    return user


class PayingTown(Town):
    """Three shops that were paid in the first half of April, with a period that is closed and due on the 30th."""

    def __init__(self, **region: Any) -> None:
        super().__init__(balance=100_000, **region)
        self.payer = payer_for(self.region)
        self.rule = rule_for(self.region)
        self.shops = [self.store, *self._more_stores(2)]
        for number, store in enumerate(self.shops, start=1):
            self.sell(store, 1_000 * number, date(2026, 4, 3))
        self.closing = close_next(self.rule)
        self.staff, self.other = self.secretary(), colleague(self.region)

    def _more_stores(self, count: int) -> list[Any]:
        stores = [StoreFactory(region=self.region) for _ in range(count)]
        for store in stores:
            store.ticket_types.add(self.common)
        return stores

    def sell(self, store: Any, amount: int, day: date) -> None:
        self.till = store.tills.first() or TillFactory(store=store)
        moved_to(paid(self, amount), day)

    def approve(self, run: TransferRun, *, now: datetime = BEFORE) -> TransferRun:
        approval = approvals.open_approval(APPROVAL_KIND, run.pk) or ask_for_approval(run, by=self.staff, now=now)
        approvals.decide(approval.pk, approve=True, by=self.other, now=now)
        run.refresh_from_db()
        return run

    def send(self, run: TransferRun, *, now: datetime = BEFORE) -> bytes:
        content = hand_out(self.approve(run, now=now), by=self.staff, now=now + timedelta(minutes=5))
        run.refresh_from_db()
        return content


def answered(content: bytes, codes: str) -> bytes:
    """The bank's answer to our file: a code in column 114 of each transfer, in order."""
    lines = content.split(b"\r\n")
    rest = iter(codes)
    return b"\r\n".join(
        line[:113] + next(rest).encode() + line[114:] if line.startswith(b"2") else line for line in lines
    )


def listed(run: TransferRun, codes: str) -> bytes:
    """The same as the plain list."""
    numbers = [transfer.number for transfer in Transfer.objects.filter(run=run).order_by("position")]
    rows = [f"{number},{code}" for number, code in zip(numbers, codes, strict=True)]
    return "\r\n".join(["番号,結果", *rows, ""]).encode()
