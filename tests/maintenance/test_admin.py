"""The office's switch: the form, the list in words, the panel on the first page, the preview."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maintenance.models import Scope, Window
from maintenance.texts import find_prepared
from maintenance.windows import closed_for, open_window
from regions.models import User
from tests.factories import Town
from tests.maintenance.asking import signed_in

pytestmark = pytest.mark.django_db

ADD = "/staff/maintenance/window/add/"
DRAFT = "/staff/maintenance/window/preview/"
LIST = "/staff/maintenance/window/"
ENGLISH = {"Accept-Language": "en"}


def form(**facts: Any) -> dict[str, Any]:
    return {"region": "kashima", "scope": "all", "message": "", "message_en": "", **facts}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def page_of(window: Window, name: str = "change") -> str:
    return reverse(f"staff:maintenance_window_{name}", args=[window.pk])


def test_the_switch_is_two_clicks_from_the_first_page(town: Town) -> None:
    office = signed_in(town.secretary())

    assert f"{ADD}?region=kashima" in text(office.get("/staff/"))
    assert 'value="kashima" selected' in text(office.get(f"{ADD}?region=kashima"))
    office.post(ADD, form())

    window = Window.objects.get()
    assert closed_for("kashima", Scope.ALL) == window
    assert window.opened_by is not None
    assert page_of(window) in text(office.get("/staff/"))


def test_ending_it_is_two_clicks_too_and_says_who_did(town: Town) -> None:
    opener, closer = town.secretary(), town.secretary()
    window = open_window(region=town.region, scope=Scope.ALL, by=opener)
    office = signed_in(closer)

    assert page_of(window, "close") in text(office.get(page_of(window)))
    office.post(page_of(window, "close"))

    window.refresh_from_db()
    assert closed_for("kashima", Scope.ALL) is None
    assert window.closed_by == closer
    page = text(office.get(page_of(window)))
    assert str(opener) in page
    assert str(closer) in page


def test_a_prepared_message_fills_both_languages(town: Town) -> None:
    signed_in(town.secretary()).post(ADD, form(prepared="outage"))

    prepared = find_prepared("outage")
    window = Window.objects.get()
    assert prepared is not None
    assert (window.message, window.message_en) == (prepared.ja, prepared.en)


def test_what_was_typed_wins_over_a_prepared_message(town: Town) -> None:
    signed_in(town.secretary()).post(ADD, form(prepared="outage", message="停電のため停止しています。"))

    window = Window.objects.get()
    assert (window.message, window.message_en) == ("停電のため停止しています。", "")


def test_a_time_is_meant_in_the_regions_own_zone(town: Town, operator: User) -> None:
    town.region.time_zone = "Pacific/Honolulu"
    town.region.save()

    signed_in(operator).post(ADD, form(expected_until="2099-01-25T20:05"))

    until = Window.objects.get().expected_until
    assert until is not None
    assert until.isoformat() == "2099-01-26T06:05:00+00:00"


def test_a_planned_window_is_made_and_called_off(town: Town) -> None:
    office = signed_in(town.secretary())

    office.post(ADD, form(starts_at="2099-01-25T00:00", expected_until="2099-01-25T05:00"))
    window = Window.objects.get()
    assert closed_for("kashima", Scope.ALL) is None
    assert "Call it off" in text(office.get(page_of(window), headers=ENGLISH))

    office.post(page_of(window, "close"))
    assert closed_for("kashima", Scope.ALL, at=window.starts_at) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"starts_at": "2001-01-01T00:00"},
        {"expected_until": "2001-01-01T00:00"},
        {"scope": "nothing"},
        {"region": "atlantis"},
        {"region": "shiosai"},
        {"region": "all"},
        {"message": "長" * 501},
    ],
)
def test_what_is_wrong_is_said_on_the_form_and_nothing_is_switched(
    town: Town, neighbour: Town, facts: dict[str, str]
) -> None:
    answer = signed_in(town.secretary()).post(ADD, form(**facts))

    assert answer.status_code == 200
    assert "errorlist" in text(answer)
    assert not Window.objects.exists()


def test_opening_what_is_open_is_said_on_the_form(town: Town) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None)

    answer = signed_in(town.secretary()).post(ADD, form(), headers=ENGLISH)

    assert "in force already" in text(answer)
    assert Window.objects.count() == 1


def test_only_operators_are_offered_all_regions(town: Town, operator: User) -> None:
    assert 'value="all"' in text(signed_in(operator).get(ADD)).split('id="id_region"')[1].split("</select>")[0]
    assert (
        'value="all"' not in text(signed_in(town.secretary()).get(ADD)).split('id="id_region"')[1].split("</select>")[0]
    )

    signed_in(operator).post(ADD, form(region="all"))
    assert Window.objects.get().region is None


def test_a_window_of_all_regions_is_seen_by_the_office_and_switched_by_operators_only(
    town: Town, operator: User
) -> None:
    window = open_window(region=None, scope=Scope.ALL, by=operator, message="全地域の作業です。")
    office = signed_in(town.secretary())

    assert page_of(window, "close") not in text(office.get(page_of(window)))
    office.post(page_of(window, "close"))
    assert closed_for("kashima", Scope.ALL) == window

    signed_in(operator).post(page_of(window, "close"))
    assert closed_for("kashima", Scope.ALL) is None


@pytest.mark.parametrize("name", ["change", "preview"])
def test_another_regions_window_is_not_there(town: Town, neighbour: Town, name: str) -> None:
    window = open_window(region=neighbour.region, scope=Scope.ALL, by=None, message="隣の作業です。")

    answer = signed_in(town.secretary()).get(page_of(window, name))

    assert answer.status_code == 404
    assert "隣の作業です。" not in text(answer)


@pytest.mark.parametrize("name", ["close", "extend"])
def test_another_regions_window_is_not_switched(town: Town, neighbour: Town, name: str) -> None:
    until = timezone.now() + timedelta(hours=1)
    window = open_window(region=neighbour.region, scope=Scope.ALL, by=None, expected_until=until)

    answer = signed_in(town.secretary()).post(page_of(window, name), {"expected_until": "2099-01-01T00:00"})

    window.refresh_from_db()
    assert answer.status_code == 404
    assert (window.closed_at, window.expected_until) == (None, until)


def test_the_expected_end_is_changed_from_the_windows_page(town: Town) -> None:
    window = open_window(region=town.region, scope=Scope.ALL, by=None)

    signed_in(town.secretary()).post(page_of(window, "extend"), {"expected_until": "2099-01-25T20:05"})

    window.refresh_from_db()
    assert window.expected_until is not None
    assert window.expected_until.isoformat() == "2099-01-25T11:05:00+00:00"


def test_the_list_says_the_state_in_words(town: Town) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None)
    open_window(region=town.region, scope=Scope.SALES, by=None, starts_at=timezone.now() + timedelta(hours=1))

    page = text(signed_in(town.secretary()).get(LIST, headers=ENGLISH))

    assert "in force" in page
    assert "scheduled" in page


def test_the_preview_is_the_very_page_and_switches_nothing(town: Town) -> None:
    office = signed_in(town.secretary())

    answer = office.get(DRAFT, form(scope="payments", message="復旧作業中です。", expected_until="2099-01-25T20:05"))

    assert answer.status_code == 200
    assert "復旧作業中です。" in text(answer)
    assert "20:05" in text(answer)
    assert not Window.objects.exists()


def test_a_preview_of_an_incomplete_form_says_so(town: Town) -> None:
    assert signed_in(town.secretary()).get(DRAFT, {"region": "kashima"}).status_code == 422


def test_switching_is_written_where_the_office_looks_for_who_changed_what(town: Town, operator: User) -> None:
    office = signed_in(town.secretary())
    office.post(ADD, form())
    office.post(page_of(Window.objects.get(), "close"))

    log = text(signed_in(operator).get("/staff/admin/logentry/"))

    assert log.count(str(Window.objects.get())) >= 2


@pytest.mark.parametrize("person", ["resident", "shop", "nobody"])
def test_who_is_not_staff_finds_no_switch(town: Town, person: str) -> None:
    people = {"resident": town.user, "shop": town.shop_person()}
    browser = signed_in(people[person]) if person in people else Client()

    assert browser.post(ADD, form()).status_code in (302, 403)
    assert not Window.objects.exists()
