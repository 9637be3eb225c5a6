"""What waits for a second person, at the secretariat's site."""

from uuid import uuid4

import pytest
from django.urls import reverse

from regions import approvals
from regions.approvals import ask_approval
from regions.models import Approval, User
from tests.factories import UserFactory
from tests.staff.conftest import Office
from tests.staff.sign_in import signed_in


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approvals, "_kinds", {})
    approvals.register("test", title="振込データ", on_approved=lambda _approval: None)


def ask(office: Office, by: User) -> Approval:
    region = office.town.region
    return ask_approval(
        kind="test", region=region, subject=uuid4(), summary="1月分 3件", by=by, details={"合計": "12,000円"}
    )


def page(approval: Approval) -> str:
    return reverse("staff:regions_approval_decide", args=[approval.pk])


def test_it_stands_on_the_first_page_and_is_approved_with_its_particulars_seen(ours: Office) -> None:
    approval = ask(ours, UserFactory())

    assert page(approval) in ours.client.get("/staff/").content.decode()
    assert "12,000円" in ours.client.get(page(approval)).content.decode()
    ours.client.post(page(approval), {"outcome": "approve", "note": ""})

    approval.refresh_from_db()
    assert approval.state == "approved"
    assert page(approval) not in ours.client.get("/staff/").content.decode()


def test_a_refusal_says_why(ours: Office) -> None:
    approval = ask(ours, UserFactory())

    assert ours.client.post(page(approval), {"outcome": "refuse", "note": " "}).status_code == 200
    ours.client.post(page(approval), {"outcome": "refuse", "note": "金額が違う"})

    approval.refresh_from_db()
    assert (approval.state, approval.note) == ("refused", "金額が違う")


def test_who_asked_is_told_that_somebody_else_has_to(ours: Office) -> None:
    me = ours.town.secretary()
    client, approval = signed_in(me), ask(ours, me)

    assert 'value="approve"' not in client.get(page(approval)).content.decode()
    client.post(page(approval), {"outcome": "approve"})

    approval.refresh_from_db()
    assert approval.is_open


def test_another_office_neither_sees_nor_decides_it(ours: Office, theirs: Office) -> None:
    approval = ask(ours, UserFactory())

    assert theirs.client.post(page(approval), {"outcome": "approve"}).status_code == 404
    approval.refresh_from_db()
    assert approval.is_open
