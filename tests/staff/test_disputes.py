"""The office decides of a payment that the notary refused afterwards: found, read, decided, and told to everybody."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from payments.disputes import resolve_dispute
from payments.models import DisputeDecision, Payment, StoreEntry
from payments.pages import outcome
from payments.states import Status
from payments.wording import wording_key
from tests.disputes import disputed
from tests.staff.conftest import Office
from tests.staff.sign_in import signed_in
from tests.staff.test_dashboard import figures, panel_index

WHY = "店舗に確認し、商品を渡したと分かったため"


@pytest.fixture
def dispute(ours: Office) -> Payment:
    return disputed(ours.town, 700)


def page(payment: Payment, name: str = "dispute") -> str:
    return reverse(f"staff:payments_payment_{name}", args=[payment.pk])


def form(to: str = "completed", reason: str = WHY, **more: str) -> dict[str, str]:
    return {"outcome": to, "reason": reason, **more}


def decide(client: Client, payment: Payment, to: str, reason: str = WHY) -> Any:
    return client.post(page(payment), form(to, reason, confirmed="1"), follow=True)


def listed(client: Client, **query: str) -> set[Any]:
    answer = client.get(reverse("staff:payments_payment_changelist"), query)
    return {row.pk for row in answer.context["cl"].queryset}


def test_the_dashboard_counts_them_and_leads_to_the_work_list(ours: Office, dispute: Payment) -> None:
    shown = figures(ours, panel_index("payments_panel"))

    assert list(shown.values())[4] == ("1", "bad")
    assert f"{reverse('staff:payments_payment_changelist')}?dispute=open" in ours.client.get("/staff/").content.decode()
    assert listed(ours.client, dispute="open") == {dispute.pk}
    assert listed(ours.client, dispute="decided") == set()


def test_in_the_offices_list_it_waits_and_in_the_shops_it_is_paid(ours: Office, dispute: Payment) -> None:
    office = ours.client.get(reverse("staff:payments_payment_changelist"), {"dispute": "open"}).context["cl"]
    shown = office.model_admin.wording_shown(dispute)

    assert shown[0] == Status.DISPUTED
    assert wording_key(dispute) == "paid"


def test_an_operators_work_list_is_one_regions(
    operator: Client, ours: Office, theirs: Office, dispute: Payment
) -> None:
    other = disputed(theirs.town, 300)

    shown = operator.get("/staff/").content.decode()

    query = f"?dispute=open&amp;region={ours.town.region.pk}"
    assert query in shown
    assert listed(operator, dispute="open", region=str(ours.town.region.pk)) == {dispute.pk}
    assert listed(operator, dispute="open") == {dispute.pk, other.pk}


def test_its_page_says_why_the_notary_refused_and_leads_to_the_decision(ours: Office, dispute: Payment) -> None:
    shown = ours.client.get(page(dispute, "change")).content.decode()

    assert page(dispute) in shown
    assert (
        "given up at the notary" in ours.client.get(page(dispute), headers={"Accept-Language": "en"}).content.decode()
    )
    assert page(ours.payment) not in ours.client.get(page(ours.payment, "change")).content.decode()


def test_nothing_moves_before_it_is_confirmed(ours: Office, dispute: Payment) -> None:
    answer = ours.client.post(page(dispute), form())

    assert answer.status_code == 200
    assert answer.context["confirming"]
    assert WHY in answer.content.decode()
    assert Payment.objects.get(pk=dispute.pk).status == Status.DISPUTED


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        (form(reason=""), "reason"),
        (form(reason="了解です"), "reason"),
        (form(reason="あ" * 401), "reason"),
        (form(to="declined"), "outcome"),
        (form(to=""), "outcome"),
    ],
)
def test_a_decision_without_a_reason_or_of_another_kind_is_refused(
    posted: dict[str, str], field: str, ours: Office, dispute: Payment
) -> None:
    answer = ours.client.post(page(dispute), posted | {"confirmed": "1"})

    assert field in answer.context["form"].errors
    assert Payment.objects.get(pk=dispute.pk).status == Status.DISPUTED
    assert not DisputeDecision.objects.exists()


def test_completed_pays_the_store_and_is_kept_in_the_steps_and_in_the_log(
    ours: Office, operator: Client, dispute: Payment
) -> None:
    answer = decide(ours.client, dispute, "completed")

    dispute.refresh_from_db()
    decision = DisputeDecision.objects.get()
    assert dispute.status == Status.COMPLETED
    assert StoreEntry.objects.get(payment=dispute).amount == 700
    assert [message.level_tag for message in answer.context["messages"]] == ["success"]
    steps = ours.client.get(page(dispute, "change")).content.decode()
    assert steps.count(WHY) >= 2
    assert str(decision.decided_by) in steps
    assert LogEntry.objects.get(object_id=str(dispute.pk)).user == decision.decided_by
    assert WHY in operator.get(reverse("staff:admin_logentry_changelist")).content.decode()
    assert listed(ours.client, dispute="open") == set()
    assert listed(ours.client, dispute="decided") == {dispute.pk}


def test_voided_gives_the_value_back(ours: Office, dispute: Payment) -> None:
    before = ours.town.wallet.vouchers.get().available

    decide(ours.client, dispute, "voided")

    assert Payment.objects.get(pk=dispute.pk).status == Status.VOIDED
    assert ours.town.wallet.vouchers.get().available == before + 700


def test_an_operator_decides_too(operator: Client, dispute: Payment) -> None:
    decide(operator, dispute, "voided")

    assert Payment.objects.get(pk=dispute.pk).status == Status.VOIDED


def test_pressing_twice_decides_once(ours: Office, dispute: Payment) -> None:
    for _ in range(2):
        decide(ours.client, dispute, "completed")

    assert DisputeDecision.objects.count() == 1
    assert LogEntry.objects.filter(object_id=str(dispute.pk)).count() == 1


def test_the_other_decision_comes_too_late_and_is_told_what_stands(ours: Office, dispute: Payment) -> None:
    colleague = ours.town.secretary()
    resolve_dispute(dispute, to=Status.VOIDED, reason=WHY, by=colleague)

    answer = decide(ours.client, dispute, "completed")

    (message,) = answer.context["messages"]
    assert (message.level_tag, str(colleague) in str(message)) == ("error", True)
    assert Payment.objects.get(pk=dispute.pk).status == Status.VOIDED
    assert not LogEntry.objects.exists()


def test_a_payment_that_is_not_disputed_has_nothing_to_decide(ours: Office) -> None:
    assert not ours.client.get(page(ours.payment)).context["is_open"]

    answer = decide(ours.client, ours.payment, "voided")

    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert Payment.objects.get(pk=ours.payment.pk).status == Status.COMPLETED


def test_another_regions_dispute_is_not_there(ours: Office, theirs: Office) -> None:
    dispute = disputed(theirs.town, 300)

    assert ours.client.get(page(dispute)).status_code == 404
    assert ours.client.post(page(dispute), form(confirmed="1")).status_code == 404
    assert listed(ours.client, dispute="open") == set()
    assert Payment.objects.get(pk=dispute.pk).status == Status.DISPUTED


def test_shops_and_residents_decide_nothing(ours: Office, dispute: Payment) -> None:
    for person in (ours.shop, ours.town.user):
        assert signed_in(person).post(page(dispute), form(confirmed="1")).status_code == 403
    assert Payment.objects.get(pk=dispute.pk).status == Status.DISPUTED


@pytest.mark.parametrize(
    ("to", "tone", "key", "may_pay_again"),
    [(Status.COMPLETED, "paid", "paid", False), (Status.VOIDED, "refunded", "not_paid", False)],
)
def test_resident_and_shop_read_the_right_words(
    to: Status, tone: str, key: str, may_pay_again: bool, ours: Office, dispute: Payment
) -> None:
    resolve_dispute(dispute, to=to, reason=WHY, by=ours.town.secretary())
    dispute.refresh_from_db()

    address = reverse("payment", args=[ours.town.region.slug, dispute.pk])
    resident = signed_in(ours.town.user).get(address).content.decode()
    again = reverse("pay-till", args=[ours.town.region.slug, ours.town.till.code])

    assert (outcome(dispute).tone, wording_key(dispute)) == (tone, key)
    assert (again in resident) == may_pay_again
    assert WHY not in resident
    portal = signed_in(ours.shop).get(reverse("portal:payments_payment_change", args=[dispute.pk]))
    assert portal.status_code == 200
    assert WHY not in portal.content.decode()


def test_what_the_office_completed_says_why_it_cannot_be_refunded(ours: Office, dispute: Payment) -> None:
    resolve_dispute(dispute, to=Status.COMPLETED, reason=WHY, by=ours.town.secretary())

    shown = ours.client.get(page(dispute, "change")).content.decode()

    assert reverse("staff:payments_payment_refund", args=[dispute.pk]) not in shown
