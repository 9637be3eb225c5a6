"""The office's settlement pages: what is open, a period closed, documents, and whether it adds up."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from payments.models import Closing, SettlementCheck, SettlementRule, Statement
from payments.settlement.schedule import open_period
from regions.staff_site import staff_site
from tests.settlement.town import close_next, moved_to, rule_for
from tests.staff.conftest import Office

OVERVIEW = "/staff/payments/settlementrule/"


@pytest.fixture
def rule(ours: Office) -> SettlementRule:
    moved_to(ours.payment, date(2026, 4, 3))
    moved_to(ours.refund, date(2026, 4, 4))
    return rule_for(ours.town.region)


def close_page(rule: SettlementRule) -> str:
    return reverse("staff:settlement_close", args=[rule.pk])


def test_a_rule_is_made_with_its_closing_days(ours: Office) -> None:
    terms = {
        "terms-TOTAL_FORMS": "2", "terms-INITIAL_FORMS": "0", "terms-MIN_NUM_FORMS": "0", "terms-MAX_NUM_FORMS": "9",
        "terms-0-closing_day": "15", "terms-0-pay_months_later": "0", "terms-0-pay_day": "31",
        "terms-1-closing_day": "31", "terms-1-pay_months_later": "1", "terms-1-pay_day": "15",
    }  # fmt: skip
    form = {
        "begins_on": "2026-04-01",
        "roll": "next",
        "minimum": "1",
        "fee_bp": "0",
        "fee_fixed": "0",
        "is_active": "on",
    }

    answer = ours.client.post(f"{OVERVIEW}add/", {**form, **terms})

    assert answer.status_code == 302
    rule = SettlementRule.objects.get()
    assert (rule.region, rule.terms.count()) == (ours.town.region, 2)
    found = open_period(rule)
    assert found
    assert "2026/04/15" in ours.client.get(OVERVIEW).content.decode()


def test_a_term_is_paid_in_one_way(ours: Office) -> None:
    terms = {
        "terms-TOTAL_FORMS": "1", "terms-INITIAL_FORMS": "0", "terms-MIN_NUM_FORMS": "0", "terms-MAX_NUM_FORMS": "9",
        "terms-0-closing_day": "15", "terms-0-pay_months_later": "0", "terms-0-pay_day": "31",
        "terms-0-pay_days_later": "3",
    }  # fmt: skip
    form = {"begins_on": "2026-04-01", "roll": "next", "minimum": "1", "fee_bp": "0", "fee_fixed": "0"}

    assert ours.client.post(f"{OVERVIEW}add/", {**form, **terms}).status_code == 200
    assert not SettlementRule.objects.exists()


def test_a_period_is_looked_at_and_closed(ours: Office, rule: SettlementRule) -> None:
    shown = ours.client.get(close_page(rule)).content.decode()
    assert "1,000" in shown

    answer = ours.client.post(close_page(rule), {"last": "2026-04-15"}, follow=True)

    statement = Statement.objects.get()
    assert statement.net == 1_000
    assert statement.number in answer.content.decode()
    assert Closing.objects.get().closed_by is not None
    assert SettlementCheck.objects.get().difference == 0


def test_pressing_twice_closes_one_period(ours: Office, rule: SettlementRule) -> None:
    for _ in range(2):
        ours.client.post(close_page(rule), {"last": "2026-04-15"})

    assert Closing.objects.count() == 1


def test_documents_are_handed_out(ours: Office, rule: SettlementRule) -> None:
    close_next(rule)
    statement = Statement.objects.get()

    page = ours.client.get(reverse("staff:payments_statement_change", args=[statement.pk])).content.decode()
    for form, start in (("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        address = reverse("staff:payments_statement_document", args=[statement.pk, form])
        answer = ours.client.get(address)
        assert address in page
        assert answer.content.startswith(start)
    wrong = reverse("staff:payments_statement_document", args=[statement.pk, "exe"])
    assert ours.client.get(wrong).status_code == 404


def panel(office: Office) -> list[Any]:
    request = office.client.get("/staff/").wsgi_request
    found = next(panel for panel in staff_site.dashboard_panels if panel.__name__ == "settlement_panel")
    return [(figure.value, figure.tone) for _column, figure in found(request)[1]["rows"][0]["figures"]]


def test_the_first_page_says_whether_the_settlement_adds_up(ours: Office, rule: SettlementRule) -> None:
    assert panel(ours)[3] == ("-", "")

    ours.client.post(reverse("staff:settlement_check"))
    assert panel(ours)[3][1] == "ok"

    SettlementCheck.objects.update(open=0)
    assert panel(ours)[3][1] == "bad"


def test_another_office_can_neither_look_nor_close(ours: Office, theirs: Office, rule: SettlementRule) -> None:
    for answer in (theirs.client.get(close_page(rule)), theirs.client.post(close_page(rule), {"last": "2026-04-15"})):
        assert answer.status_code == 404
    assert not Closing.objects.exists()
