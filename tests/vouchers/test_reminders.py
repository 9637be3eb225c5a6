"""Reminders of the expiry: once each, also late or twice, by day, and never of nothing."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from regions.models import Message
from tests.factories import Town, issue
from vouchers.models import Voucher
from vouchers.reminders import remind_of_expiry, step_of

NOON = datetime(2030, 5, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
END = datetime(2030, 6, 1, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_the_nearest_step_is_the_one_that_is_due() -> None:
    assert [step_of(days) for days in (31, 30, 15, 14, 8, 7, 2, 1, 0, -1)] == [
        None, 30, 30, 14, 14, 7, 7, 1, 1, None,
    ]  # fmt: skip


@pytest.mark.django_db
def test_each_reminder_comes_once_also_when_the_task_runs_late_or_twice() -> None:
    town = Town()
    issue(town.resident, town.common, 5_000, expires_at=END, register=False)
    issue(town.resident, town.common, 500, expires_at=END, register=False)

    days = [-1, 0, 0, 1, 20, 20, 29, 30, 31]
    told = [remind_of_expiry(town.region, now=NOON + timedelta(days=day)) for day in days]

    # Of the 14 days' one nothing is heard, since the task ran only when the 30 days' and the 14 days' one were due.
    assert told == [0, 1, 0, 0, 1, 0, 1, 0, 0]
    assert set(Message.objects.values_list("params__yen", flat=True)) == {5_500}


@pytest.mark.django_db
def test_nothing_at_night_and_nothing_for_an_empty_wallet() -> None:
    town = Town()
    issue(town.resident, town.common, 5_000, expires_at=END, register=False)

    assert remind_of_expiry(town.region, now=NOON - timedelta(hours=4)) == 0
    Voucher.objects.update(spent=5_000)
    assert remind_of_expiry(town.region, now=NOON) == 0
    Voucher.objects.update(spent=0)
    assert remind_of_expiry(town.region, now=NOON) == 1
