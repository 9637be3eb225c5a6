"""What the portal's first page shows of a shop's days: the same yen as the history, for each by their role."""

from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client
from django.utils import timezone

from merchants.models import MemberRole
from tests.factories import ProgrammeFactory, TicketTypeFactory, issue
from tests.portal.conftest import Shop
from tests.portal.test_roles import works_as
from tests.staff.sign_in import paid, pending, refunded, signed_in

NOON = timezone.localtime().replace(hour=12, minute=30, second=0, microsecond=0)


def charts(client: Client) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """The figures above the charts, and each chart's rows as label → text."""
    context = next(found for found in client.get("/portal/").context if "charts" in found)
    return dict(context["figures"]), [
        {str(label): cells[0] for label, cells in chart["rows"]} for chart in context["charts"]
    ]


def test_hours_days_and_ticket_types_add_up_to_what_was_paid(shop: Shop) -> None:
    support = TicketTypeFactory(programme=ProgrammeFactory(region=shop.town.region), name="応援券")
    shop.town.store.ticket_types.add(support)
    with time_machine.travel(NOON - timedelta(days=1), tick=True):
        paid(shop.town, 700)
    with time_machine.travel(NOON, tick=True):
        refunded(paid(shop.town, 1_000), 300, by=shop.person)
        issue(shop.town.resident, support, 50, expires_at=timezone.now() + timedelta(days=1))
        paid(shop.town, 50)
        pending(shop.town, 9)

        figures, (hours, days, kinds) = charts(shop.client)

    assert figures == {"今日": "750円", "昨日": "700円", "直近7日間": "1,450円"}
    assert (hours["12:00"], hours["11:00"], set(hours) >= {"8:00", "20:00"}) == ("750円", "0円", True)
    assert len(days) == 14
    assert list(days.values())[-2:] == ["700円", "750円"]
    assert kinds == {shop.town.common.name: "1,400円", "応援券": "50円"}


def test_a_clerk_sees_today(shop: Shop) -> None:
    with time_machine.travel(NOON - timedelta(days=1), tick=True):
        paid(shop.town, 700)
    clerk = signed_in(works_as(shop.town, MemberRole.CLERK))

    with time_machine.travel(NOON, tick=True):
        paid(shop.town, 80)
        figures, _charts = charts(clerk)

    assert figures == {"今日": "80円", "昨日": "0円", "直近7日間": "80円"}


def test_a_neighbour_sees_none_of_it(shop: Shop, neighbour: Client) -> None:
    paid(shop.town, 700)

    assert set(charts(neighbour)[0].values()) == {"0円"}
