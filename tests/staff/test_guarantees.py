"""What a region guarantees while the notary is away: set by its office, written down, and watched live."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse

from payments.guarantee import Exposure
from payments.guarantee_panel import _share, _tone
from payments.models import Payment
from regions.admin_forms import GUARANTEE_MAX
from regions.models import OutagePolicy, Region
from tests.disputes import guaranteed
from tests.staff.conftest import Office
from tests.staff.sign_in import signed_in

LIMITS = ("guarantee_per_payment", "guarantee_per_wallet", "guarantee_in_all")
LIVE = "staff:guarantees"


def page(region: Region, name: str = "change") -> str:
    return reverse(f"staff:regions_region_{name}", args=[region.pk])


def form_of(region: Region, **changes: Any) -> dict[str, Any]:
    return {name: "" if value is None else value for name, value in model_to_dict(region).items()} | changes


def limits(*values: int) -> dict[str, int]:
    return dict(zip(LIMITS, values, strict=True))


def kept(region: Region) -> tuple[int, ...]:
    region.refresh_from_db()
    return tuple(getattr(region, name) for name in LIMITS)


@pytest.mark.parametrize("who", ["secretary", "operator"])
def test_the_office_and_operators_set_policy_and_limits(who: str, ours: Office, operator: Client) -> None:
    region = ours.town.region
    client = ours.client if who == "secretary" else operator

    answer = client.post(page(region), form_of(region, outage_policy="accept", **limits(5_000, 15_000, 2_000_000)))

    assert answer.status_code == 302
    assert kept(region) == (5_000, 15_000, 2_000_000)
    assert region.outage_policy == OutagePolicy.ACCEPT


@pytest.mark.parametrize("who", ["secretary", "operator"])
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ((-1, 20_000, 3_000_000), "guarantee_per_payment"),
        ((20_001, 20_000, 3_000_000), "guarantee_per_payment"),
        ((10_000, 3_000_001, 3_000_000), "guarantee_per_wallet"),
        ((10_000, 20_000, GUARANTEE_MAX + 1), "guarantee_in_all"),
    ],
)
def test_limits_that_make_no_sense_are_refused(
    who: str, values: tuple[int, ...], field: str, ours: Office, operator: Client
) -> None:
    region, before = ours.town.region, kept(ours.town.region)
    client = ours.client if who == "secretary" else operator

    answer = client.post(page(region), form_of(region, **limits(*values)))

    assert set(answer.context["adminform"].form.errors) == {field}
    assert kept(region) == before
    assert not LogEntry.objects.exists()


def test_a_limit_of_nothing_and_equal_limits_are_allowed(ours: Office) -> None:
    region = ours.town.region

    for values in ((0, 0, 0), (9_000, 9_000, 9_000), (0, 0, GUARANTEE_MAX)):
        ours.client.post(page(region), form_of(region, **limits(*values)))
        assert kept(region) == values


def test_every_change_is_kept_with_old_and_new_who_and_when(ours: Office, operator: Client) -> None:
    region = ours.town.region
    was = kept(region)

    ours.client.post(page(region), form_of(region, outage_policy="accept", **limits(5_000, was[1], 2_000_000)))

    entry = LogEntry.objects.get(object_id=str(region.pk))
    message = entry.get_change_message()
    assert entry.user.memberships.filter(region=region).exists()
    assert "10,000 → 5,000" in message
    assert "3,000,000 → 2,000,000" in message
    assert "20,000" not in message
    policies = dict(OutagePolicy.choices)
    assert f"{policies['stop']} → {policies['accept']}" in message
    assert "10,000 → 5,000" in ours.client.get(page(region, "history")).content.decode()
    assert "10,000 → 5,000" in operator.get(reverse("staff:admin_logentry_changelist")).content.decode()


def test_another_regions_limits_are_out_of_reach(ours: Office, theirs: Office) -> None:
    region = theirs.town.region
    before = kept(region)

    answer = ours.client.post(page(region), form_of(region, **limits(1, 1, 1)))

    assert answer.status_code in (403, 404)
    assert kept(region) == before


def shown(client: Client, region: Region) -> list[tuple[str, str]]:
    rows = client.get(reverse(LIVE)).json()["rows"]
    (row,) = [row for row in rows if row["region"] == str(region.pk)]
    return [(figure["value"], figure["tone"]) for figure in row["figures"]]


def test_a_region_that_stops_instead_shows_a_dash(ours: Office) -> None:
    assert shown(ours.client, ours.town.region) == [("-", "")] * 4


def test_the_panel_shows_what_is_guaranteed_now_of_how_much(ours: Office) -> None:
    region = ours.town.region
    Region.objects.filter(pk=region.pk).update(guarantee_in_all=2_000)
    payment = guaranteed(ours.town, 1_100)
    assert Payment.objects.get(pk=payment.pk).status == "accepted"

    figures = shown(ours.client, region)

    assert [tone for _value, tone in figures] == ["warn", "", "", "warn"]
    assert [value.strip("¥円") for value, _tone in figures] == ["1,100", "1", "2,000", "55 %"]
    page_shown = ours.client.get("/staff/").content.decode()
    assert "55 %" in page_shown
    assert reverse(LIVE) in page_shown


def test_what_was_guaranteed_before_the_policy_changed_is_still_shown(ours: Office) -> None:
    guaranteed(ours.town, 1_100)
    Region.objects.update(outage_policy=OutagePolicy.STOP)

    assert shown(ours.client, ours.town.region)[1] == ("1", "")


@pytest.mark.parametrize(
    ("amount", "limit", "tone"),
    [
        (0, 100, "ok"),
        (50, 100, "ok"),
        (51, 100, "warn"),
        (90, 100, "warn"),
        (91, 100, "bad"),
        (0, 0, "ok"),
        (1, 0, "bad"),
    ],
)
def test_the_tone_follows_the_share_of_the_limit(amount: int, limit: int, tone: str) -> None:
    assert _tone(_share(Exposure(amount=amount, count=1, limit=limit))) == tone


def test_the_same_picture_is_not_sent_twice(ours: Office) -> None:
    first = ours.client.get(reverse(LIVE)).json()

    again = ours.client.get(reverse(LIVE), {"after": first["mark"]}).json()
    guaranteed(ours.town, 500)
    changed = ours.client.get(reverse(LIVE), {"after": first["mark"]}).json()

    assert ("rows" in again, "rows" in changed) == (False, True)


def test_an_office_sees_its_own_region_and_operators_all(ours: Office, theirs: Office, operator: Client) -> None:
    def regions(client: Client) -> set[str]:
        return {row["region"] for row in client.get(reverse(LIVE)).json()["rows"]}

    assert regions(ours.client) == {str(ours.town.region.pk)}
    assert regions(operator) == {str(ours.town.region.pk), str(theirs.town.region.pk)}


def test_a_shop_and_a_resident_see_none_of_it(ours: Office) -> None:
    for person in (ours.shop, ours.town.user):
        assert signed_in(person).get(reverse(LIVE)).status_code == 403
