"""What residents and everybody see, and what the app is answered."""

import pytest
from django.test import Client

from tests.factories import ResidentFactory
from tests.lottery.conftest import SEED, Lottery, draw_with, open_lottery
from tests.lottery.test_draws import pass_time
from tests.maintenance.asking import app_of
from tests.staff.sign_in import signed_in
from vouchers.models import Application

pytestmark = pytest.mark.django_db(transaction=True)


def address(lottery: Lottery, rest: str = "") -> str:
    return f"/{lottery.region.slug}/programmes/premium/{rest}"


def test_anybody_reads_what_one_pays_and_gets(lottery: Lottery) -> None:
    listed = Client().get(f"/{lottery.region.slug}/programmes/").content.decode()
    page = Client().get(address(lottery)).content.decode()

    assert lottery.programme.name in listed
    assert "5,000円" in page
    assert "7,000円" in page


def test_a_draft_is_nobodys_business(lottery: Lottery) -> None:
    lottery.set(status="draft")

    assert Client().get(address(lottery)).status_code == 404


def test_asked_confirmed_and_sent(lottery: Lottery) -> None:
    resident = lottery.person()
    client = signed_in(resident.user)

    confirm = client.post(address(lottery, "apply/"), {"units-common": "２", "units-local": ""})
    asked = "10,000円" in confirm.content.decode() and not Application.objects.exists()
    sent = client.post(address(lottery, "apply/"), {"units-common": "2", "confirmed": "1"})
    again = client.post(address(lottery, "apply/"), {"units-common": "2", "confirmed": "1"})

    assert asked
    assert sent["Location"] == again["Location"] == address(lottery, "application/")
    number = Application.objects.get().number
    assert number in client.get(address(lottery, "application/")).content.decode()


@pytest.mark.parametrize("typed", ["-1", "1.5", "abc", "99999999999", "5", "", "0"])
def test_what_cannot_be_asked_for_is_said_beside_the_form(lottery: Lottery, typed: str) -> None:
    client = signed_in(lottery.person().user)

    answer = client.post(address(lottery, "apply/"), {"units-common": typed, "confirmed": "1"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Application.objects.exists()


def test_changed_and_withdrawn(lottery: Lottery) -> None:
    resident = lottery.person()
    application, client = lottery.apply(resident, common=2), signed_in(resident.user)

    client.post(address(lottery, "apply/"), {"units-local": "3", "confirmed": "1"})
    application.refresh_from_db()
    changed = application.units
    client.post(address(lottery, "application/withdraw/"))
    application.refresh_from_db()

    assert (changed, application.status) == (3, "withdrawn")


def test_strangers_are_sent_to_the_sign_in_and_to_the_first_page(lottery: Lottery) -> None:
    assert "/accounts/login/" in Client().get(address(lottery, "apply/"))["Location"]
    assert signed_in(ResidentFactory().user).get(address(lottery, "apply/"))["Location"] == f"/{lottery.region.slug}/"


def test_the_draw_can_be_checked_by_anybody(lottery: Lottery, monkeypatch: pytest.MonkeyPatch) -> None:
    resident = lottery.person()
    application = lottery.apply(resident, common=2)
    before = Client().get(address(lottery, "draw/list.txt")).status_code
    drawn = draw_with(lottery.seal(), SEED, at=pass_time(monkeypatch))

    page = Client().get(address(lottery, f"draw/?number={application.number.lower()}")).content.decode()

    assert before == 404
    assert all(text in page for text in (drawn.list_sha256, drawn.result_sha256, SEED, application.number))
    assert application.number in Client().get(address(lottery, "draw/list.txt")).content.decode()
    assert b"hmac" in Client().get(address(lottery, "draw/redraw.py")).content
    assert Client().get(address(lottery, "draw/other.txt")).status_code == 404
    assert signed_in(resident.user).get(address(lottery, "application/")).status_code == 200


# The app's API.


def test_the_app_applies_and_reads_it_back(lottery: Lottery) -> None:
    app, base = app_of(lottery.person().user), f"/api/v1/regions/{lottery.region.slug}"
    body = {"units": {"common": 2}}

    answers = [
        app.post(f"{base}/programmes/premium/applications", body, content_type="application/json") for _ in range(2)
    ]
    listed = app.get(f"{base}/applications").json()

    assert [answer.status_code for answer in answers] == [201, 201]
    assert [row["number"] for row in listed] == [answers[0].json()["number"]]
    assert listed[0]["lines"] == [{"unit": "common", "asked": 2, "won": None}]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"units": {"common": -1}}, 422, "units_invalid"),
        ({"units": {"common": "two"}}, 422, "units_invalid"),
        ({"units": ["common"]}, 422, "units_invalid"),
        ([], 422, "units_invalid"),
        ({}, 422, "units_invalid"),
        ({"units": {}}, 422, "nothing_asked_for"),
        ({"units": {"common": 0}}, 422, "nothing_asked_for"),
        ({"units": {"gold": 1}}, 422, "unit_unknown"),
        ({"units": {"common": 5}}, 422, "limit_exceeded"),
        ({"units": {"common": 4, "local": 4}}, 422, "limit_exceeded"),
    ],
)
def test_bad_requests_are_answered_clearly(lottery: Lottery, body: object, status: int, code: str) -> None:
    app = app_of(lottery.person().user)
    door = f"/api/v1/regions/{lottery.region.slug}/programmes/premium/applications"

    answer = app.post(door, body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Application.objects.exists()


def test_closed_twice_and_elsewhere(lottery: Lottery) -> None:
    resident = lottery.person()
    lottery.apply(resident, common=1)
    door = f"/api/v1/regions/{lottery.region.slug}/programmes/premium/applications"
    elsewhere = open_lottery()

    other = app_of(resident.user).post(door, {"units": {"common": 2}}, content_type="application/json")
    foreign = app_of(elsewhere.person().user).post(door, {"units": {"common": 2}}, content_type="application/json")
    lottery.close()
    closed = app_of(lottery.person().user).post(door, {"units": {"common": 2}}, content_type="application/json")

    assert [answer.status_code for answer in (other, foreign, closed)] == [409, 404, 409]
    assert [answer.json()["code"] for answer in (other, closed)] == ["already_applied", "applications_closed"]
