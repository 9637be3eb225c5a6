"""The history for the bookkeeper: what a period holds, its sums, and the same as a file."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from merchants.models import Store
from payments.models import Payment
from payments.periods import Period, quick_periods
from payments.verification import verify_due
from payments.wording import WORDINGS, wording_key
from tests.factories import ProgrammeFactory, TicketTypeFactory, TillFactory, Town, issue
from tests.portal.conftest import Shop
from tests.staff.sign_in import paid, pending, refunded

HISTORY = "/portal/payments/payment/"
TOKYO = ZoneInfo("Asia/Tokyo")


def listed(client: Client, **query: Any) -> tuple[set[Any], dict[str, str]]:
    """The payments under a filter, and the sums above them."""
    context = client.get(HISTORY, query).context
    return {payment.pk for payment in context["cl"].queryset}, context["sums"]


def made_at(payment: Payment, at: datetime) -> Payment:
    Payment.objects.filter(pk=payment.pk).update(authorised_at=at)
    return payment


def exported(client: Client, **query: Any) -> list[list[str]]:
    content = b"".join(client.get(f"{HISTORY}export/", query).streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_day_begins_and_ends_in_the_regions_time_zone(shop: Shop) -> None:
    last_of_day = made_at(paid(shop.town, 100), datetime(2026, 4, 1, 23, 59, 59, tzinfo=TOKYO))
    first_of_next = made_at(paid(shop.town, 200), datetime(2026, 4, 2, 0, 0, 0, tzinfo=TOKYO))

    assert listed(shop.client, **{"from": "2026-04-01", "to": "2026-04-01"})[0] == {last_of_day.pk}
    assert listed(shop.client, **{"from": "2026-04-02"})[0] == {first_of_next.pk}


def test_the_sums_are_of_what_the_filter_lets_through_and_only_of_what_was_paid(shop: Shop) -> None:
    payment = paid(shop.town, 1_200)
    refunded(payment, 200, by=shop.person)
    paid(shop.town, 300)
    made_at(paid(shop.town, 5_000), timezone.now() - timedelta(days=3))
    pending(shop.town, 40)

    _rows, sums = listed(shop.client, **{"from": timezone.localdate().isoformat()})

    digits = {name: int("".join(filter(str.isdigit, text))) for name, text in sums.items()}
    assert digits == {"count": 2, "gross": 1_500, "refunded": 200, "net": 1_300}


def test_it_can_be_narrowed_to_one_till_and_one_word(shop: Shop) -> None:
    whole, checking = paid(shop.town, 100), pending(shop.town, 200)
    other = TillFactory(store=shop.town.store)

    assert listed(shop.client, till=other.pk)[0] == set()
    assert listed(shop.client, till=shop.town.till.pk)[0] == {whole.pk, checking.pk}
    assert listed(shop.client, status="checking")[0] == {checking.pk}
    assert listed(shop.client, status="paid")[0] == {whole.pk}


def test_every_payment_is_found_under_the_word_that_it_is_called(shop: Shop) -> None:
    partly = paid(shop.town, 1_000)
    fully = paid(shop.town, 500)
    refunded(partly, 1, by=shop.person)
    refunded(fully, 500, by=shop.person)
    paid(shop.town, 100)
    pending(shop.town, 50)

    for payment in Payment.objects.all():
        under = {key for key in WORDINGS if payment.pk in listed(shop.client, status=key)[0]}
        assert under == {wording_key(payment)}


def test_nonsense_in_the_filter_is_no_error(shop: Shop) -> None:
    payment = paid(shop.town, 100)

    assert listed(shop.client, **{"from": "yesterday", "to": "2026-02-31"})[0] == {payment.pk}
    assert listed(shop.client, till="not-a-till")[0] == set()
    assert listed(shop.client, status="no-such-word")[0] == {payment.pk}


def test_the_named_periods_are_whole_days_and_months() -> None:
    periods = [period for _words, period in quick_periods(date(2026, 1, 1))]

    assert periods == [
        Period(date(2026, 1, 1), date(2026, 1, 1)),
        Period(date(2025, 12, 31), date(2025, 12, 31)),
        Period(date(2026, 1, 1), date(2026, 1, 31)),
        Period(date(2025, 12, 1), date(2025, 12, 31)),
    ]


def test_the_file_holds_what_the_list_shows_and_its_sums(shop: Shop) -> None:
    payment = paid(shop.town, 1_200)
    refunded(payment, 200, by=shop.person)
    made_at(paid(shop.town, 5_000), timezone.now() - timedelta(days=3))
    pending(shop.town, 40)

    header, *lines = exported(shop.client, **{"from": timezone.localdate().isoformat()})

    assert len(header) == len(lines[0]) == 11
    assert [(line[5], line[6], line[7]) for line in lines] == [("1200", "200", "1000"), ("40", "0", "0")]
    assert lines[0][0] == payment.number


def test_a_spreadsheet_runs_nothing_that_stands_in_the_file(shop: Shop) -> None:
    paid(shop.town, 100)
    for name in ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\tx", "＝1"):
        Store.objects.filter(pk=shop.town.store.pk).update(name=name)

        _header, line = exported(shop.client)

        assert line[2] == f"'{name}"


def test_a_neighbours_list_search_and_file_hold_nothing_of_ours(
    shop: Shop, payment: Payment, neighbour: Client
) -> None:
    for query in ({}, {"q": payment.number}, {"till": shop.town.till.pk}):
        rows, sums = listed(neighbour, **query)

        assert rows == set()
        assert sums["count"] == "0"
    assert len(exported(neighbour)) == 1


def test_the_filters_offer_our_own_tills_only(shop: Shop, neighbour: Client) -> None:
    for client in (shop.client, neighbour):
        selects = {select["name"]: select for select in client.get(HISTORY).context["selects"]}
        offered = {key for key, _words, _chosen in selects["till"]["options"]}
        assert (str(shop.town.till.pk) in offered) is (client is shop.client)


def test_no_column_that_is_not_shown_can_be_compared(shop: Shop, payment: Payment) -> None:
    wallet = shop.town.wallet.pk

    for query in ({"wallet": wallet}, {"wallet__lt": wallet}, {"wallet__resident__name": "x"}, {"attempts__gt": 0}):
        assert shop.client.get(HISTORY, query).status_code == 400
        assert shop.client.get(f"{HISTORY}export/", query).status_code == 400


def test_what_was_not_paid_stays_in_the_list(shop: Shop) -> None:
    payment = pending(shop.town, 400)
    Payment.objects.filter(pk=payment.pk).update(valid_until=timezone.now() - timedelta(minutes=5))
    verify_due(shop.town.region.notary, now=timezone.now() + timedelta(minutes=1))

    assert payment.pk in listed(shop.client)[0]


def test_by_programme_the_sums_are_what_its_vouchers_paid(shop: Shop) -> None:
    town = shop.town
    support = TicketTypeFactory(programme=ProgrammeFactory(region=town.region), name="応援券")
    town.store.ticket_types.add(support)
    issue(town.resident, support, 400, expires_at=timezone.now() + timedelta(days=2))
    both, common = paid(town, 1_000), paid(town, 300)

    rows, sums = listed(shop.client, programme=str(support.programme.pk))
    kinds = shop.client.get(HISTORY).context["kinds"]

    assert (rows, sums["gross"]) == ({both.pk}, "400円")
    assert listed(shop.client, programme=str(town.programme.pk)) == (
        {both.pk, common.pk},
        {"count": "2", "gross": "900円", "refunded": "0円", "net": "900円"},
    )
    assert sorted(kind[:2] for kind in kinds) == sorted([("応援券", "400円"), (town.common.name, "900円")])


def test_a_foreign_programme_is_not_on_offer(shop: Shop) -> None:
    paid(shop.town, 100)

    for asked in (str(Town().programme.pk), "no-such"):
        assert listed(shop.client, programme=asked)[0] == set()


def test_the_workbook_has_numbers_to_add_up_and_no_formula(shop: Shop) -> None:
    shop.town.store.name = "=HYPERLINK(1)"
    shop.town.store.save()
    refunded(paid(shop.town, 1_200), 200, by=shop.person)
    paid(shop.town, 300)
    pending(shop.town, 40)

    answer = shop.client.get(f"{HISTORY}workbook/")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active

    assert [[cell.value for cell in row[5:8]] for row in sheet.iter_rows(min_row=2)] == [
        [1_200, 200, 1_000],
        [300, 0, 300],
        [40, 0, 0],
        [1_500, 200, 1_300],
    ]
    assert {(cell.value, cell.data_type) for cell in list(sheet.columns)[2][1:4]} == {("=HYPERLINK(1)", "s")}


def test_a_list_too_long_for_a_workbook_says_so(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.history.WORKBOOK_ROWS_MAX", 1)
    paid(shop.town, 100)
    paid(shop.town, 100)

    answer = shop.client.get(f"{HISTORY}workbook/?status=paid", follow=True)

    assert answer.redirect_chain == [(f"{HISTORY}?status=paid", 302)]
    assert "CSV" in answer.content.decode()
