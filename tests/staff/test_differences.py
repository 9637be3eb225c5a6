"""The list of differences: empty in words, a region's own for its office, and settled with a note."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import breaker
from payments.models import Difference, DifferenceKind, LogCursor
from regions.ids import new_id
from tests.notaries import FaultyNotary
from tests.payments.test_disputes import notary_knows_a_stranger
from tests.staff.conftest import Office
from tests.staff.sign_in import refunded, signed_in
from tests.staff.test_dashboard import figures, panel_index

LIST = "staff:payments_difference_changelist"


def page(name: str, difference: Difference) -> str:
    return reverse(f"staff:payments_difference_{name}", args=[difference.pk])


def difference(office: Office, **fields: Any) -> Difference:
    facts = {
        "region": office.town.region,
        "cluster": office.town.region.notary,
        "kind": DifferenceKind.AMOUNT,
        "source": office.payment.pk,
        "ours": 1_200,
        "theirs": 1_300,
        "parked": "the payment and the notary's decision say different amounts",
    }
    return Difference.objects.create(**(facts | fields))


def listed(client: Client, **query: str) -> set[Any]:
    return {row.pk for row in client.get(reverse(LIST), query).context["cl"].queryset}


def test_an_empty_list_says_so_and_when_it_was_compared(ours: Office) -> None:
    never = ours.client.get(reverse(LIST))
    assert never.context["compared_at"] is None
    at = timezone.now()
    LogCursor.objects.update_or_create(cluster=ours.town.region.notary, defaults={"compared_at": at})

    shown = ours.client.get(reverse(LIST))

    assert (shown.context["left_count"], shown.context["compared_at"]) == (0, at)
    assert "house-strong house-ok" in shown.content.decode()


def test_the_list_shows_what_is_left_and_the_rest_where_it_is_asked_for(ours: Office) -> None:
    left = difference(ours)
    repaired = difference(ours, kind=DifferenceKind.ENTRY_MISSING, repaired_at=timezone.now())
    settled = difference(
        ours, source=new_id(), settled_at=timezone.now(), settled_by=ours.town.secretary(), settled_note="照合済み"
    )

    assert listed(ours.client) == listed(ours.client, state="left") == {left.pk}
    assert listed(ours.client, state="repaired") == {repaired.pk}
    assert listed(ours.client, state="settled") == {settled.pk}
    assert listed(ours.client, state="all") == {left.pk, repaired.pk, settled.pk}
    assert listed(ours.client, state="all", kind__exact="entry_missing") == {repaired.pk}


def test_its_page_shows_both_amounts_both_sides_and_the_payment(ours: Office) -> None:
    found = difference(ours)

    shown = ours.client.get(page("change", found)).content.decode()

    assert "1,200" in shown
    assert "1,300" in shown
    assert "different amounts" in shown
    assert "(&#x27;left" not in shown
    assert reverse("staff:payments_payment_change", args=[ours.payment.pk]) in shown
    assert str(ours.payment.log_position) in shown


def test_a_refund_leads_to_its_payment(ours: Office) -> None:
    refund = refunded(ours.payment, 100, by=ours.shop)
    found = difference(ours, kind=DifferenceKind.ORPHAN_ENTRY, source=refund.pk)

    shown = ours.client.get(page("change", found)).content.decode()

    assert reverse("staff:payments_payment_change", args=[ours.payment.pk]) in shown


@pytest.mark.parametrize("is_open", [True, False])
def test_its_page_opens_while_the_notary_is_away(is_open: bool, ours: Office, notary: FaultyNotary) -> None:
    found = difference(ours)
    if is_open:
        for _ in range(settings.BREAKER_FAILURES):
            breaker.record_failure(ours.town.region.notary_id, cause="timeout")
    notary.is_cut = True

    answer = ours.client.get(page("change", found))

    assert answer.status_code == 200
    assert str(ours.payment.log_position) in answer.content.decode()


def test_settling_needs_a_note_and_is_kept_with_who_and_when(ours: Office, operator: Client) -> None:
    found = difference(ours)

    refused = ours.client.post(page("settle", found), {"note": "  "})
    assert "note" in refused.context["form"].errors
    assert Difference.objects.get().settled_at is None

    answer = ours.client.post(page("settle", found), {"note": "店舗と照合済み"})

    after = Difference.objects.get()
    assert answer["Location"] == page("change", found)
    assert after.settled_note == "店舗と照合済み"
    entry = LogEntry.objects.get(object_id=str(found.pk))
    assert (entry.user, "店舗と照合済み" in entry.change_message) == (after.settled_by, True)
    assert listed(ours.client) == set()
    assert "店舗と照合済み" in operator.get(reverse("staff:admin_logentry_changelist")).content.decode()


def test_pressing_twice_settles_once_and_a_second_person_is_told_who_did(ours: Office, operator: Client) -> None:
    found = difference(ours)
    ours.client.post(page("settle", found), {"note": "店舗と照合済み"})

    again = operator.post(page("settle", found), {"note": "別の説明"}, follow=True)

    assert "店舗と照合済み" in " ".join(str(message) for message in again.context["messages"])
    assert Difference.objects.get().settled_note == "店舗と照合済み"
    assert LogEntry.objects.filter(object_id=str(found.pk)).count() == 1


def test_what_repaired_itself_meanwhile_is_told_and_stays(ours: Office) -> None:
    found = difference(ours)
    Difference.objects.update(repaired_at=timezone.now())

    answer = ours.client.post(page("settle", found), {"note": "店舗と照合済み"}, follow=True)

    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert Difference.objects.get().settled_at is None
    assert not LogEntry.objects.exists()


def test_another_regions_difference_is_not_there(ours: Office, theirs: Office) -> None:
    found = difference(theirs)

    assert listed(ours.client, state="all") == set()
    for name in ("change", "history", "settle"):
        assert ours.client.get(page(name, found)).status_code == 404
    assert ours.client.post(page("settle", found), {"note": "店舗と照合済み"}).status_code == 404
    assert Difference.objects.get().settled_at is None


def test_what_belongs_to_no_region_is_for_operators(ours: Office, operator: Client) -> None:
    stranger = notary_knows_a_stranger(ours.town)
    found = difference(ours, region=None, kind=DifferenceKind.UNKNOWN_PAYMENT, source=stranger, ours=None, theirs=77)

    assert listed(ours.client, state="all") == set()
    for name in ("change", "settle"):
        assert ours.client.get(page(name, found)).status_code == 404
    assert listed(operator) == {found.pk}
    assert "77" in operator.get(page("change", found)).content.decode()
    assert reverse(LIST) in operator.get("/staff/").context["panels"][panel_index("payments_panel")]

    operator.post(page("settle", found), {"note": "試験の残り"})
    assert Difference.objects.get().settled_at is not None


def test_nobody_adds_changes_or_deletes_one(ours: Office, operator: Client) -> None:
    found = difference(ours)

    for client in (ours.client, operator):
        assert client.post(reverse("staff:payments_difference_add"), {"ours": 1}).status_code == 403
        for name in ("change", "delete"):
            assert client.post(page(name, found), {"ours": 1, "post": "yes"}).status_code == 403
    assert Difference.objects.get().ours == 1_200


def test_a_shop_and_a_resident_see_none_of_it(ours: Office) -> None:
    found = difference(ours)

    for person in (ours.shop, ours.town.user):
        client = signed_in(person)
        assert client.get(reverse(LIST)).status_code == 403
        assert client.post(page("settle", found), {"note": "店舗と照合済み"}).status_code == 403
    assert Difference.objects.get().settled_at is None


def test_the_dashboard_counts_what_is_left_and_leads_there(ours: Office, theirs: Office) -> None:
    difference(theirs)
    column = list(figures(ours, panel_index("payments_panel")))[5]
    assert figures(ours, panel_index("payments_panel"))[column] == ("0", "ok")

    difference(ours)
    difference(ours, kind=DifferenceKind.ENTRY_MISSING, repaired_at=timezone.now())

    assert figures(ours, panel_index("payments_panel"))[column] == ("1", "bad")
    assert reverse(LIST) in ours.client.get("/staff/").content.decode()


def test_for_operators_the_dashboard_leads_to_the_one_regions_differences(
    operator: Client, ours: Office, theirs: Office
) -> None:
    mine = difference(ours)
    difference(theirs)

    shown = operator.get("/staff/").content.decode()

    assert f"{reverse(LIST)}?region__id__exact={ours.town.region.pk}" in shown
    assert listed(operator, region__id__exact=str(ours.town.region.pk)) == {mine.pk}
