"""The status page, status.json and the API's status: the truth of the rows, per region and function."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from maintenance import status
from maintenance.facts import first_id_at
from maintenance.levels import Function, Level
from maintenance.models import Scope
from maintenance.status import current_report
from maintenance.windows import open_window
from payments import breaker
from payments.authorisation import PaymentRequest, authorise
from payments.models import Heartbeat, NotaryHealth, Payment
from payments.resolver import HEARTBEAT
from payments.verification import verify_due
from regions.ids import new_id
from regions.models import OutagePolicy
from tests.factories import Town

pytestmark = pytest.mark.django_db

STATUSPAGE = {"page", "status", "components", "incidents", "scheduled_maintenances"}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def _resolver() -> None:
    Heartbeat.beat(HEARTBEAT, at=timezone.now())


def level(town: Town, function: Function = Function.PAYMENTS) -> Level:
    status.forget()
    found = current_report().of(town.region.slug)
    assert found is not None
    return found.levels[function]


def pay(town: Town, *, seconds_ago: float) -> Payment:
    return authorise(
        PaymentRequest(
            region=town.region,
            wallet_id=town.wallet.pk,
            till=town.till.code,
            amount=100,
            key=f"{seconds_ago}",
        ),
        now=timezone.now() - timedelta(seconds=seconds_ago),
    )


def test_all_is_well_when_nothing_is_wrong(town: Town) -> None:
    document = Client().get("/status.json").json()

    assert set(document) == STATUSPAGE
    assert document["status"] == {"indicator": "none", "description": "All Systems Operational"}
    assert {component["status"] for component in document["components"]} == {"operational"}


def test_there_is_one_component_for_each_region_and_function(town: Town, neighbour: Town) -> None:
    components = Client().get("/status.json").json()["components"]

    assert {component["id"] for component in components} == {
        f"{slug}.{function}" for slug in ("kashima", "shiosai") for function in Function
    }


@pytest.mark.parametrize(
    ("scope", "closed"),
    [
        (Scope.ALL, {Function.PAYMENTS, Function.WALLET, Function.SALES}),
        (Scope.PAYMENTS, {Function.PAYMENTS}),
        (Scope.SALES, {Function.SALES}),
    ],
)
def test_a_window_is_told_for_its_region_and_functions_only(
    town: Town, neighbour: Town, scope: Scope, closed: set[Function]
) -> None:
    open_window(region=town.region, scope=scope, by=None, message="作業中です。")

    assert {function for function in Function if level(town, function) is Level.MAINTENANCE} == closed
    assert {level(neighbour, function) for function in Function} == {Level.OPERATIONAL}
    document = Client().get("/status.json").json()
    assert document["status"]["indicator"] == "maintenance"
    (window,) = document["scheduled_maintenances"]
    assert window["status"] == "in_progress"
    assert {component["id"] for component in window["components"]} == {f"kashima.{function}" for function in closed}


def test_a_planned_window_is_announced_and_changes_no_level(town: Town) -> None:
    soon = timezone.now() + timedelta(hours=3)
    open_window(region=town.region, scope=Scope.ALL, by=None, starts_at=soon)

    document = Client().get("/status.json").json()

    assert document["status"]["indicator"] == "none"
    assert [window["status"] for window in document["scheduled_maintenances"]] == ["scheduled"]


@pytest.mark.django_db(transaction=True)
def test_a_payment_that_hangs_shows_in_its_region_and_in_no_other(neighbour: Town) -> None:
    town = Town(balance=5_000, slug="kashima")

    pay(town, seconds_ago=5)
    assert (level(town), level(neighbour)) == (Level.DEGRADED, Level.OPERATIONAL)

    pay(town, seconds_ago=11)
    assert (level(town), level(neighbour)) == (Level.MAJOR, Level.OPERATIONAL)

    assert level(town, Function.WALLET) is Level.OPERATIONAL
    assert Client().get("/status.json").json()["status"]["indicator"] == "major"


@pytest.mark.django_db(transaction=True)
def test_payments_that_end_unpaid_show_for_a_minute(notary: Any) -> None:
    town = Town(balance=5_000, slug="kashima")
    pay(town, seconds_ago=11)
    notary.is_cut = True
    verify_due(town.region.notary)
    assert Payment.objects.get().status == "voiding"
    assert level(town) is Level.MAJOR

    notary.is_cut = False
    Payment.objects.update(next_attempt_at=timezone.now())
    verify_due(town.region.notary, now=timezone.now() + timedelta(seconds=6))
    Payment.objects.update(authorised_at=timezone.now() - timedelta(seconds=61))
    NotaryHealth.objects.update(is_open=False)

    assert Payment.objects.get().status == "voided"
    assert level(town) is Level.OPERATIONAL


def test_a_notary_that_is_away_is_told_for_each_region_that_uses_it_though_nobody_paid(
    town: Town, neighbour: Town
) -> None:
    neighbour.region.outage_policy = OutagePolicy.ACCEPT
    neighbour.region.save()
    NotaryHealth.objects.update_or_create(cluster=town.region.notary, defaults={"is_open": True})
    breaker.forget()

    assert (level(town), level(neighbour)) == (Level.MAJOR, Level.DEGRADED)


def test_a_resolver_that_has_fallen_silent_is_told(town: Town) -> None:
    Heartbeat.beat(HEARTBEAT, at=timezone.now() - timedelta(seconds=11))

    assert level(town) is Level.DEGRADED


def test_the_report_costs_few_queries_however_many_regions_there_are(django_assert_num_queries: Any) -> None:
    for _region in range(5):
        Town()
    status.forget()
    current_report()
    status.forget()

    with django_assert_num_queries(8):
        current_report()
        current_report()


def test_with_the_database_away_the_last_known_regions_are_out_of_order(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    current_report()

    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(status._reports, "_load", away)
    status._reports.forget()

    document = Client().get("/status.json").json()
    assert document["status"]["indicator"] == "critical"
    assert {component["status"] for component in document["components"]} == {"major_outage"}
    assert Client().get("/kashima/status/").status_code == 200


def test_the_api_tells_anybody_each_function_of_each_region(town: Town) -> None:
    open_window(region=town.region, scope=Scope.PAYMENTS, by=None, message="作業中です。", message_en="At work.")

    answer = Client().get("/api/v1/status", headers=ENGLISH)

    (region,) = answer.json()["regions"]
    assert answer["Cache-Control"] == "no-store"
    assert region["region"] == "kashima"
    assert region["functions"] == {
        "payments": "under_maintenance",
        "wallet": "operational",
        "portal": "operational",
        "sales": "operational",
    }
    assert (region["maintenance"]["scope"], region["maintenance"]["message"]) == ("payments", "At work.")


def test_the_status_page_says_it_in_words_and_for_its_region_only(town: Town, neighbour: Town) -> None:
    open_window(region=neighbour.region, scope=Scope.ALL, by=None, message="隣の作業です。")

    page = Client().get("/kashima/status/", headers=ENGLISH).content.decode()

    assert "Everything is working normally." in page
    assert "隣の作業です。" not in page


def test_the_status_page_of_no_region_is_not_there(town: Town) -> None:
    current_report()

    assert Client().get("/api/v1/regions/atlantis/wallet").status_code in (401, 404)
    assert current_report().of("atlantis") is None


def test_the_smallest_id_of_an_instant_is_no_larger_than_one_made_then() -> None:
    before = timezone.now()
    made = new_id()

    assert first_id_at(before) <= made
    assert first_id_at(timezone.now() + timedelta(seconds=1)) > made
