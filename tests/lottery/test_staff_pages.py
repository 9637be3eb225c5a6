"""The lottery at the secretariat's site: entered at the counter, settled, sealed and drawn by two people."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

import config.urls  # noqa: F401 brings the admin pages of all rooms along
from regions.approvals import open_approval
from regions.models import Membership, Role
from tests.factories import UserFactory
from tests.lottery.conftest import SEED, Lottery, open_lottery
from tests.lottery.test_draws import pass_time
from tests.staff.sign_in import signed_in
from vouchers.drawing import finish_draws
from vouchers.models import Application, Draw

pytestmark = pytest.mark.django_db(transaction=True)


def office(lottery: Lottery) -> Client:
    """A browser of one more person of the secretariat."""
    user = UserFactory()
    Membership.objects.create(user=user, region=lottery.region, role=Role.SECRETARIAT)
    return signed_in(user)


def address(lottery: Lottery, rest: str = "") -> str:
    return f"/staff/vouchers/lottery/{lottery.programme.pk}/{rest}"


def test_an_application_is_entered_at_the_counter_once(lottery: Lottery) -> None:
    resident, client = lottery.person(), office(lottery)
    body = {"resident_no": resident.resident_no, "channel": "counter", "units-common": "2", "question": "署名なし"}

    entered = client.post(address(lottery, "enter/"), body)
    other = client.post(address(lottery, "enter/"), {**body, "units-common": "3"})
    unknown = client.post(address(lottery, "enter/"), {**body, "resident_no": "?"})

    application = Application.objects.get()
    assert (entered.status_code, other.status_code, unknown.status_code) == (302, 422, 422)
    assert (application.channel, application.question) == ("counter", "署名なし")
    assert application.number in other.content.decode()


def test_what_is_unclear_is_settled_or_found_invalid(lottery: Lottery) -> None:
    application, client = lottery.apply(common=1), office(lottery)
    door = f"/staff/vouchers/lottery/applications/{application.pk}/"

    client.post(door, {"what": "question", "question": "口数が読めない"})
    listed = client.get("/staff/vouchers/application/?unclear=yes").content.decode()
    shown = client.get(f"/staff/vouchers/application/{application.pk}/change/").content.decode()
    client.post(door, {"what": "invalid", "reason": "記入漏れ"})

    application.refresh_from_db()
    assert application.number in listed
    assert "口数が読めない" in shown
    assert (application.status, application.reason) == ("invalid", "記入漏れ")


def test_two_people_seal_and_draw(lottery: Lottery, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        lottery.apply(common=2)
    lottery.close()
    first, second = office(lottery), office(lottery)
    tomorrow = timezone.localdate() + timedelta(days=1)

    first.post(address(lottery), {"seed_source": "日経平均株価の終値", "seed_from_on": tomorrow.isoformat()})
    draw = Draw.objects.get()
    approval = open_approval("draw-seal", draw.pk)
    first.post(f"/staff/regions/approval/{approval.pk}/decide/", {"outcome": "approve"})
    draw.refresh_from_db()
    alone = draw.status
    second.post(f"/staff/regions/approval/{approval.pk}/decide/", {"outcome": "approve"})
    early = first.post(address(lottery), {"seed": SEED}).status_code
    pass_time(monkeypatch, days=2)
    first.post(address(lottery), {"seed": SEED})
    approval = open_approval("draw-run", draw.pk)
    second.post(f"/staff/regions/approval/{approval.pk}/decide/", {"outcome": "approve"})
    finish_draws()

    draw.refresh_from_db()
    assert (alone, early, draw.status, draw.seed) == ("proposed", 200, "published", SEED)
    assert "120 %" in first.get(address(lottery)).content.decode()


def test_another_regions_lottery_is_not_there(lottery: Lottery) -> None:
    theirs = open_lottery()
    application, client = theirs.apply(common=1), office(lottery)

    doors = (address(theirs), address(theirs, "enter/"), f"/staff/vouchers/lottery/applications/{application.pk}/")

    assert [client.post(door, {"what": "invalid", "reason": "x"}).status_code for door in doors] == [404, 404, 404]
    application.refresh_from_db()
    assert application.is_open
