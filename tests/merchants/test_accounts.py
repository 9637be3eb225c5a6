"""Whose account is paid: second factor, second person, delay, a notice to the old address, and a way to stop it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from merchants.banking.accounts import (
    APPROVAL_KIND,
    hold_account,
    payable_account,
    payable_accounts,
    release_account,
    request_account_change,
    stop_account_change,
)
from merchants.banking.details import AccountDetails, check_details, check_yucho
from merchants.banking.errors import BankUnknown, BranchUnknown, CharacterNotAllowed, NumberInvalid, YuchoAccountGiven
from merchants.errors import (
    AccountChangeUnderWay,
    AccountInForce,
    AccountUnchanged,
    NotAnOwner,
    SecondFactorMissing,
)
from merchants.models import BankAccount, JoiningRules, MemberRole, Merchant, MerchantMember, Notice
from merchants.notices import mail_notices
from regions.approvals import decide, open_approval
from regions.errors import SamePerson
from regions.models import User
from tests.factories import Town, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.fromisoformat("2026-11-24T10:00:00+09:00")
DAY = timedelta(days=1)


def details(number: str = "1234567", holder: str = "カ）カシマ") -> AccountDetails:
    return check_details(bank_code="0130", branch_code="036", kind=1, number=number, holder=holder)


@dataclass
class Business:
    town: Town
    merchant: Merchant
    owner: User
    office: User

    def ask(self, number: str = "1234567", **facts: str) -> BankAccount:
        at = timezone.now()
        return request_account_change(self.merchant, details(number, **facts), by=self.owner, proved_at=at, now=at)

    def agree(self, account: BankAccount, *, approve: bool = True) -> BankAccount:
        waiting = open_approval(APPROVAL_KIND, account.pk)
        assert waiting is not None
        decide(waiting.pk, approve=approve, by=self.office, note="通帳の写しと照合", now=timezone.now())
        account.refresh_from_db()
        return account

    def paid(self) -> str | None:
        account = payable_account(self.merchant, timezone.now())
        return account.number if account else None


@pytest.fixture
def business(transactional_db: None) -> Business:
    town = Town()
    owner = town.shop_person()
    Merchant.objects.filter(pk=town.store.merchant.pk).update(contact_email="old@example.jp")
    town.store.merchant.refresh_from_db()
    return Business(town, town.store.merchant, owner, town.secretary())


def test_the_first_account_is_paid_as_soon_as_a_second_person_agrees(business: Business) -> None:
    with time_machine.travel(NOW, tick=False):
        account = business.ask()
        assert business.paid() is None

        business.agree(account)

        assert business.paid() == "1234567"


def test_a_change_is_paid_three_days_after_it_was_asked_for_and_the_old_one_until_then(business: Business) -> None:
    with time_machine.travel(NOW - 30 * DAY, tick=False):
        business.agree(business.ask())
    with time_machine.travel(NOW, tick=False):
        changed = business.ask("7654321")
    with time_machine.travel(NOW + 1 * DAY, tick=False):
        business.agree(changed)
    assert changed.effective_at == NOW + 3 * DAY

    for moment, number in ((NOW + 3 * DAY - timedelta(seconds=1), "1234567"), (NOW + 3 * DAY, "7654321")):
        with time_machine.travel(moment, tick=False):
            assert business.paid() == number


def test_a_region_sets_the_delay_and_a_late_agreement_shortens_nothing(business: Business) -> None:
    JoiningRules.objects.create(region=business.town.region, account_delay_days=1)
    with time_machine.travel(NOW - 30 * DAY, tick=False):
        business.agree(business.ask())
    with time_machine.travel(NOW, tick=False):
        changed = business.ask("7654321")
    with time_machine.travel(NOW + 5 * DAY, tick=False):
        business.agree(changed)

    assert changed.effective_at == NOW + 5 * DAY


def test_the_old_address_and_the_owners_are_told_and_can_stop_it_with_the_link_alone(business: Business) -> None:
    with time_machine.travel(NOW - 30 * DAY, tick=False):
        business.agree(business.ask())
        mail_notices()
    mail.outbox.clear()

    with time_machine.travel(NOW, tick=False):
        changed = business.ask("7654321")
        mail_notices()

        told = {message.to[0] for message in mail.outbox}
        assert told == {"old@example.jp", business.owner.email}
        text = mail.outbox[0].body
        assert "7654321" not in text
        assert "••••321" in text
        link = re.search(r"https?://[^/]+(/\S+/accounts/\S+/)", text)
        assert link
        page = Client().get(link[1])
        assert page.status_code == 200
        assert "7654321" not in page.content.decode()
        assert business.paid() == "1234567"

        assert Client().post(link[1]).status_code == 302

    changed.refresh_from_db()
    assert changed.end == "stopped"
    assert open_approval(APPROVAL_KIND, changed.pk) is None
    with time_machine.travel(NOW + 10 * DAY, tick=False):
        assert business.paid() == "1234567"
        assert Client().post(link[1]).status_code == 302


def test_an_agreed_change_can_be_stopped_until_it_is_in_force_and_not_after(business: Business) -> None:
    with time_machine.travel(NOW - 30 * DAY, tick=False):
        business.agree(business.ask())
    with time_machine.travel(NOW, tick=False):
        stopped = business.agree(business.ask("7654321"))
        stop_account_change(stopped.pk, reason="覚えがない", now=timezone.now())
        other = business.agree(business.ask("7777777"))
    with time_machine.travel(NOW + 3 * DAY, tick=False):
        assert business.paid() == "7777777"
        with pytest.raises(AccountInForce):
            stop_account_change(other.pk, now=timezone.now())
        assert business.paid() == "7777777"


def test_somebody_elses_link_or_a_made_up_one_leads_nowhere(business: Business) -> None:
    account = business.ask()
    link = Notice.objects.get(key=f"account-asked-{account.pk}").link
    other = Town()

    assert Client().get(link).status_code == 200
    assert Client().get(link.replace(business.town.region.slug, other.region.slug)).status_code == 404
    assert Client().get(f"/{business.town.region.slug}/accounts/{account.pk.hex}:made-up/").status_code == 404


@pytest.mark.parametrize("ago", [None, timedelta(minutes=10, seconds=1), timedelta(seconds=-5)])
def test_without_a_second_factor_just_now_nothing_is_asked_for(business: Business, ago: timedelta | None) -> None:
    proved_at = None if ago is None else NOW - ago

    with pytest.raises(SecondFactorMissing):
        request_account_change(business.merchant, details(), by=business.owner, proved_at=proved_at, now=NOW)

    assert not BankAccount.objects.exists()


@pytest.mark.parametrize("role", [MemberRole.CLERK, MemberRole.BOOKKEEPER, None])
def test_only_an_owner_asks(business: Business, role: MemberRole | None) -> None:
    person = UserFactory()
    if role:
        MerchantMember.objects.create(merchant=business.merchant, user=person, role=role)

    with pytest.raises(NotAnOwner):
        request_account_change(business.merchant, details(), by=person, proved_at=NOW, now=NOW)

    assert not BankAccount.objects.exists()


def test_one_change_at_a_time_and_never_to_what_it_is(business: Business) -> None:
    first = business.ask()
    with pytest.raises(AccountChangeUnderWay):
        business.ask("7654321")
    business.agree(first)
    with pytest.raises(AccountUnchanged):
        business.ask()

    assert BankAccount.objects.count() == 1


def test_whoever_asked_cannot_agree_and_a_refused_change_is_never_paid(business: Business) -> None:
    account = business.ask()
    waiting = open_approval(APPROVAL_KIND, account.pk)
    assert waiting is not None
    with pytest.raises(SamePerson):
        decide(waiting.pk, approve=True, by=business.owner)

    business.agree(account, approve=False)

    assert account.end == "refused"
    assert business.paid() is None
    assert business.ask("7654321").ended_at is None


def test_an_account_that_a_transfer_came_back_from_is_not_paid_until_another_one_is(business: Business) -> None:
    with time_machine.travel(NOW, tick=False):
        business.agree(business.ask())
        hold = hold_account(business.merchant, "口座名義相違", now=NOW)
        assert hold == hold_account(business.merchant, "口座名義相違", now=NOW)
        assert business.paid() is None

    with time_machine.travel(NOW + DAY, tick=False):
        # The same number with the name put right cannot lead money astray: it needs no delay.
        business.agree(business.ask(holder="カ）カシマショウテン"))

        paid = payable_accounts([business.merchant.pk], NOW + DAY)[business.merchant.pk]
        assert (paid.number, paid.holder_kana) == ("1234567", "ｶ)ｶｼﾏｼﾖｳﾃﾝ")


def test_a_hold_can_be_released_with_a_reason_once(business: Business) -> None:
    account = business.agree(business.ask())
    hold_account(business.merchant, "銀行の誤り")

    assert release_account(account, by=business.office, reason="銀行に確認")
    assert not release_account(account, by=business.office, reason="銀行に確認")
    assert business.paid() == "1234567"


def test_without_an_account_there_is_nothing_to_hold(business: Business) -> None:
    assert hold_account(business.merchant, "なし") is None


def test_what_was_asked_for_never_changes(business: Business) -> None:
    account = business.ask()

    with pytest.raises(ProgrammingError), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).update(number="0000009")
    with pytest.raises(ProgrammingError), transaction.atomic():
        account.delete()


def test_bad_details_are_named() -> None:
    with pytest.raises(BankUnknown):
        check_details(bank_code="9999", branch_code="001", kind=1, number="1", holder="ア")
    with pytest.raises(BranchUnknown):
        check_details(bank_code="0130", branch_code="000", kind=1, number="1", holder="ア")
    with pytest.raises(NumberInvalid):
        details("12345678")
    with pytest.raises(CharacterNotAllowed):
        details(holder="鹿嶋")
    with pytest.raises(YuchoAccountGiven):
        check_details(bank_code="9900", branch_code="078", kind=1, number="1", holder="ア")
    assert check_yucho(symbol="10740", number="12345671", holder="カシマ").branch_name == "〇七八"


def test_no_log_line_has_an_account_number(business: Business, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        account = business.agree(business.ask())
        hold_account(business.merchant, "口座名義相違")
        mail_notices()

    assert account.number not in caplog.text
