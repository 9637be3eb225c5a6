"""A hold on a bank account that was the bank's mistake, ended by the office with a reason."""

from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from merchants.banking.accounts import hold_account, payable_account
from tests.staff.conftest import Office
from tests.transfers.paying import account_for


def test_the_office_ends_a_hold_with_a_reason(ours: Office, theirs: Office) -> None:
    merchant = ours.town.store.merchant
    account = account_for(merchant, "1234567")
    hold_account(merchant, "口座なし")
    page = reverse("staff:merchants_bankaccount_change", args=[account.pk])
    release = reverse("staff:merchants_bankaccount_release", args=[account.pk])

    shown = ours.client.get(page).content.decode()
    assert "口座なし" in shown
    assert "1234567" not in shown
    assert theirs.client.post(release, {"reason": "x"}).status_code == 404
    assert ours.client.post(release, {"reason": " "}).status_code == 200
    assert payable_account(merchant, timezone.now()) is None

    ours.client.post(release, {"reason": "銀行に確認、記号の読み違い"})

    assert payable_account(merchant, timezone.now()) == account
    assert "記号の読み違い" in LogEntry.objects.get(object_id=str(account.pk)).change_message
    assert release not in ours.client.get(page).content.decode()
