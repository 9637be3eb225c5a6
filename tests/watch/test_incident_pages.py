"""Incidents where people look for them: the office's first page and list, the status page, status.json."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone

from maintenance import status
from maintenance.incident_admin import HEARTBEAT
from maintenance.models import Cause, EventKind, Incident, IncidentState
from maintenance.watch import record
from maintenance.watch.casebook import Case
from payments.models import Heartbeat, PathProbe
from regions.ids import new_id
from tests.factories import Town, UserFactory
from tests.maintenance.asking import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Town:
    status.forget()
    return Town(slug="kashima", name="鹿嶋市", name_en="Kashima")


@pytest.fixture
def neighbour() -> Town:
    return Town(slug="shiosai", name="潮騒市", name_en="Shiosai")


def case_of(*towns: Town, cause: Cause = Cause.DATABASE) -> Case:
    now = timezone.now()
    found = Case(new_id(), cause, frozenset(town.region.pk for town in towns), now, evidence="no_answer")
    found.note(EventKind.DETECTED, now, cause=cause, evidence="no_answer", regions=len(towns))
    for town in towns:
        found.note(EventKind.TOLD, now, region=town.region.name, channel="email")
    return found


def test_a_case_is_written_again_and_again_and_stays_one_incident(town: Town, neighbour: Town) -> None:
    case = case_of(town)
    record.write(case)
    case.regions |= {neighbour.region.pk}
    case.state, case.cleared_at, case.waiting_for = IncidentState.MONITORING, timezone.now(), ("probes",)
    case.note(EventKind.CLEARED, timezone.now())
    record.write(case)
    record.write(case)

    incident = Incident.objects.get()
    assert set(incident.regions.all()) == {town.region, neighbour.region}
    assert [event.kind for event in incident.events.all()] == ["detected", "told", "cleared"]
    (adopted,) = record.read_open()
    assert (adopted.id, adopted.regions, adopted.waiting_for) == (case.id, case.regions, ("probes",))

    case.closed_at, case.state = timezone.now(), IncidentState.RESOLVED
    record.write(case)
    assert record.read_open() == []


def test_the_office_sees_its_incident_first_and_no_other_region_in_it(town: Town, neighbour: Town) -> None:
    Heartbeat.beat(HEARTBEAT, at=timezone.now())
    case = case_of(town, neighbour)
    record.write(case)
    office = signed_in(town.secretary())

    first = office.get("/staff/").content.decode()
    listing = office.get("/staff/maintenance/incident/").content.decode()
    page = office.get(f"/staff/maintenance/incident/{case.id}/change/").content.decode()

    for shown in (first, listing, page):
        assert "データベースが応答していません" in shown
        assert "鹿嶋市" in shown
        assert "潮騒市" not in shown
    assert "監視停止中" not in first
    assert "担当者へ連絡" in page


def test_what_the_all_clear_waits_for_is_said(town: Town) -> None:
    case = case_of(town)
    case.state, case.cleared_at, case.waiting_for = IncidentState.MONITORING, timezone.now(), ("differences",)
    record.write(case)
    page = signed_in(town.secretary()).get(f"/staff/maintenance/incident/{case.id}/change/").content.decode()
    assert "差異が 0 件になること" in page


def test_another_office_sees_nothing_of_it(town: Town, neighbour: Town) -> None:
    case = case_of(town)
    record.write(case)
    stranger = signed_in(neighbour.secretary())
    assert "データベースが応答していません" not in stranger.get("/staff/").content.decode()
    assert stranger.get(f"/staff/maintenance/incident/{case.id}/change/").status_code == 404


def test_nobody_changes_an_incident_by_hand(town: Town) -> None:
    case = case_of(town)
    record.write(case)
    office = signed_in(town.secretary())
    office.post(f"/staff/maintenance/incident/{case.id}/change/", {"state": "resolved"})
    office.post(f"/staff/maintenance/incident/{case.id}/delete/", {"post": "yes"})
    assert Incident.objects.get().state == IncidentState.IDENTIFIED


def test_that_nobody_watches_is_said_aloud(town: Town) -> None:
    office = signed_in(town.secretary())
    assert "監視停止中" in office.get("/staff/").content.decode()
    Heartbeat.beat(HEARTBEAT, at=timezone.now() - timedelta(seconds=20))
    assert "監視停止中" in office.get("/staff/").content.decode()


def test_residents_read_what_it_means_for_them(town: Town, neighbour: Town) -> None:
    record.write(case_of(town))
    status.forget()
    page = Client().get("/kashima/status/").content.decode()
    assert "お支払いができません。残高とこれまでのお支払いの記録は守られています。" in page
    assert "お支払いができません" not in Client().get("/shiosai/status/").content.decode()


def test_machines_read_it_in_statuspages_shape(town: Town, neighbour: Town) -> None:
    case = case_of(town)
    record.write(case)
    status.forget()
    (incident,) = Client().get("/status.json", headers={"Accept-Language": "en"}).json()["incidents"]
    assert (incident["id"], incident["status"], incident["impact"]) == (str(case.id), "identified", "critical")
    assert [component["id"] for component in incident["components"]] == ["kashima.payments"]
    # Whom the office has told is its own business.
    assert len(incident["incident_updates"]) == 1


def test_only_the_watchman_may_ring(town: Town) -> None:
    def ring(**headers: str) -> Any:
        return Client(enforce_csrf_checks=True).post("/probe", headers=headers)

    assert ring().status_code == 404
    assert ring(**{"X-Probe-Token": "probe:forged"}).status_code == 404
    assert ring(**{"X-Probe-Token": TimestampSigner(salt="another").sign("probe")}).status_code == 404
    assert not PathProbe.objects.exists()

    assert ring(**{"X-Probe-Token": TimestampSigner(salt="path-probe").sign("probe")}).status_code == 202
    assert PathProbe.objects.get().region == town.region
    assert Client().get("/probe").status_code == 405


def test_a_regions_webhook_is_for_operators_alone(town: Town) -> None:
    address = f"/staff/regions/region/{town.region.pk}/change/"
    town.region.incident_webhook = "https://chat.example/hook"
    town.region.save()
    operator = signed_in(UserFactory(is_operator=True))
    assert "https://chat.example/hook" in operator.get(address).content.decode()

    office = signed_in(town.secretary())
    assert "https://chat.example/hook" not in office.get(address).content.decode()
    office.post(address, {"incident_webhook": "https://elsewhere.example/"})
    town.region.refresh_from_db()
    assert town.region.incident_webhook == "https://chat.example/hook"

    operator.post(address, {**form_of(operator, address), "incident_webhook": "https://chat.example/secret"})
    town.region.refresh_from_db()
    assert town.region.incident_webhook == "https://chat.example/secret"
    assert "secret" not in LogEntry.objects.latest("action_time").change_message


def form_of(client: Client, address: str) -> dict[str, Any]:
    """What the page's form would send unchanged."""
    form = client.get(address).context["adminform"].form
    return {name: value for name, value in form.initial.items() if name in form.fields and value is not None}
