"""Opening, extending and closing windows, and what is closed by them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from maintenance.errors import (
    AlreadyEnded,
    AlreadyOpen,
    EndsTooEarly,
    MayNotSwitch,
    MessageTooLong,
    StartsInThePast,
)
from maintenance.models import Scope, State, Window
from maintenance.windows import close_all, close_window, closed_for, coming_for, extend_window, open_window
from regions.models import User
from tests.factories import Town

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 25, 7, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_an_open_window_closes_its_region_and_no_other(town: Town, neighbour: Town) -> None:
    window = open_window(region=town.region, scope=Scope.ALL, by=None)

    assert closed_for(town.region.slug, Scope.ALL) == window
    assert closed_for(neighbour.region.slug, Scope.ALL) is None
    assert closed_for(None, Scope.ALL) is None


def test_a_window_of_all_regions_closes_every_region_and_the_pages_of_none(town: Town, neighbour: Town) -> None:
    window = open_window(region=None, scope=Scope.ALL, by=None)

    assert {closed_for(slug, Scope.ALL) for slug in (town.region.slug, neighbour.region.slug, None)} == {window}


@pytest.mark.parametrize(
    ("scope", "closed"),
    [
        (Scope.ALL, {Scope.ALL, Scope.PAYMENTS, Scope.SALES}),
        (Scope.PAYMENTS, {Scope.PAYMENTS}),
        (Scope.SALES, {Scope.SALES}),
    ],
)
def test_a_scope_closes_its_own_function_and_everything_closes_all(
    town: Town, scope: Scope, closed: set[Scope]
) -> None:
    open_window(region=town.region, scope=scope, by=None)

    assert {function for function in Scope if closed_for(town.region.slug, function)} == closed


def test_what_closes_more_is_the_answer(town: Town) -> None:
    open_window(region=town.region, scope=Scope.PAYMENTS, by=None)
    everything = open_window(region=None, scope=Scope.ALL, by=None)

    assert closed_for(town.region.slug, Scope.PAYMENTS) == everything


def test_a_scheduled_window_begins_by_time_alone(town: Town) -> None:
    now = timezone.now()
    window = open_window(
        region=town.region, scope=Scope.ALL, by=None, starts_at=now + HOUR, expected_until=now + 2 * HOUR
    )
    slug = town.region.slug

    assert window.state(now) is State.SCHEDULED
    assert closed_for(slug, Scope.ALL, at=now) is None
    assert coming_for(slug, at=now, until=now + 2 * HOUR) == window
    assert coming_for(slug, at=now, until=now + HOUR / 2) is None
    assert closed_for(slug, Scope.ALL, at=now + HOUR) == window


def test_a_window_goes_on_past_its_expected_end_until_somebody_closes_it(town: Town) -> None:
    window = open_window(region=town.region, scope=Scope.ALL, by=None, expected_until=timezone.now() + HOUR)
    assert closed_for(town.region.slug, Scope.ALL, at=timezone.now() + 3 * HOUR) == window

    close_window(window, by=None)

    assert closed_for(town.region.slug, Scope.ALL) is None
    assert window.state(timezone.now()) is State.ENDED


def test_a_closed_window_says_who_closed_it_and_is_not_closed_again(town: Town, operator: User) -> None:
    secretary = town.secretary()
    window = open_window(region=town.region, scope=Scope.ALL, by=secretary)
    close_window(window, by=secretary)

    with pytest.raises(AlreadyEnded):
        close_window(window, by=operator)

    stored = Window.objects.get()
    assert (stored.opened_by, stored.closed_by) == (secretary, secretary)


def test_the_same_scope_is_not_opened_twice(town: Town) -> None:
    window = open_window(region=town.region, scope=Scope.ALL, by=None)

    with pytest.raises(AlreadyOpen) as refusal:
        open_window(region=town.region, scope=Scope.ALL, by=None)

    assert refusal.value.window_id == window.pk
    assert Window.objects.count() == 1


def test_a_planned_window_may_stand_beside_the_one_in_force(town: Town) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None)

    open_window(region=town.region, scope=Scope.ALL, by=None, starts_at=timezone.now() + 24 * HOUR)

    assert Window.objects.not_closed().count() == 2


def test_a_secretariat_switches_its_own_region_only(town: Town, neighbour: Town) -> None:
    secretary = town.secretary()
    open_window(region=town.region, scope=Scope.ALL, by=secretary)
    theirs = open_window(region=neighbour.region, scope=Scope.ALL, by=None)
    everywhere = open_window(region=None, scope=Scope.PAYMENTS, by=None)

    with pytest.raises(MayNotSwitch):
        open_window(region=neighbour.region, scope=Scope.PAYMENTS, by=secretary)
    with pytest.raises(MayNotSwitch):
        open_window(region=None, scope=Scope.ALL, by=secretary)
    for window in (theirs, everywhere):
        with pytest.raises(MayNotSwitch):
            close_window(window, by=secretary)
        with pytest.raises(MayNotSwitch):
            extend_window(window, expected_until=None, by=secretary)

    assert Window.objects.not_closed().count() == 3


@pytest.mark.parametrize("person", ["resident", "shop"])
def test_residents_and_shops_switch_nothing(town: Town, person: str) -> None:
    user = town.user if person == "resident" else town.shop_person()

    with pytest.raises(MayNotSwitch):
        open_window(region=town.region, scope=Scope.ALL, by=user)

    assert not Window.objects.exists()


def test_operators_switch_any_region_and_all_at_once(town: Town, operator: User) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=operator)
    open_window(region=None, scope=Scope.ALL, by=operator)

    assert Window.objects.filter(opened_by=operator).count() == 2


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"starts_at": NOW - HOUR}, StartsInThePast),
        ({"expected_until": NOW}, EndsTooEarly),
        ({"starts_at": NOW + 2 * HOUR, "expected_until": NOW + HOUR}, EndsTooEarly),
        ({"message": "長" * 501}, MessageTooLong),
        ({"message_en": "l" * 501}, MessageTooLong),
    ],
)
def test_what_makes_no_sense_is_refused_and_switches_nothing(
    town: Town, facts: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        open_window(region=town.region, scope=Scope.ALL, by=None, now=NOW, **facts)  # type: ignore[arg-type]

    assert not Window.objects.exists()


def test_the_expected_end_can_be_moved_and_be_taken_back(town: Town) -> None:
    window = open_window(region=town.region, scope=Scope.ALL, by=None, now=NOW, expected_until=NOW + HOUR)

    extend_window(window, expected_until=NOW + 3 * HOUR, by=None, now=NOW)
    assert Window.objects.get().expected_until == NOW + 3 * HOUR

    extend_window(window, expected_until=None, by=None, now=NOW)
    assert Window.objects.get().expected_until is None

    with pytest.raises(EndsTooEarly):
        extend_window(window, expected_until=NOW, by=None, now=NOW)


def test_close_all_ends_what_is_in_force_and_leaves_what_is_planned(town: Town, neighbour: Town) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None)
    open_window(region=town.region, scope=Scope.SALES, by=None)
    planned = open_window(region=town.region, scope=Scope.ALL, by=None, starts_at=timezone.now() + HOUR)
    theirs = open_window(region=neighbour.region, scope=Scope.ALL, by=None)

    assert len(close_all(region=town.region, scope=None, by=None)) == 2
    assert close_all(region=town.region, scope=None, by=None) == []

    assert set(Window.objects.not_closed()) == {planned, theirs}
