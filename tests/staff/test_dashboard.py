"""The first page of the secretariat's site: today, what is in doubt, and whether the value adds up."""

from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.test import Client

from payments.models import Payment
from regions.staff_site import staff_site
from tests.staff.conftest import Office
from tests.staff.sign_in import pending
from vouchers.dashboard import vouchers_panel
from vouchers.models import EntryKind, LedgerEntry


def figures(office: Office, index: int) -> dict[str, tuple[str, str]]:
    """The figures of one panel by column: value and tone."""
    request = HttpRequest()
    request.user = office.client.get("/staff/").wsgi_request.user
    _template, context = staff_site.dashboard_panels[index](request)
    return {str(column): (figure.value, figure.tone) for column, figure in context["rows"][0]["figures"]}


def panel_index(name: str) -> int:
    return [panel.__name__ for panel in staff_site.dashboard_panels].index(name)


def test_it_counts_todays_payments_without_what_was_refunded(ours: Office) -> None:
    shown = ours.client.get("/staff/").content.decode()

    values = [value for value, _tone in figures(ours, panel_index("payments_panel")).values()]
    assert values[:3] == ["1", "¥1,000", "0"] or values[:3] == ["1", "1,000円", "0"]
    assert values[1] in shown


def test_it_shows_what_is_in_doubt_and_says_so_loudly_when_it_is_old(ours: Office) -> None:
    payment = pending(ours.town, 300)
    column = list(figures(ours, panel_index("payments_panel")))[2]
    assert figures(ours, panel_index("payments_panel"))[column] == ("1", "warn")

    Payment.objects.filter(pk=payment.pk).update(authorised_at=payment.authorised_at - timedelta(minutes=3))

    assert figures(ours, panel_index("payments_panel"))[column] == ("1", "bad")


def test_the_value_of_vouchers_adds_up(ours: Office) -> None:
    pending(ours.town, 300)

    shown = figures(ours, panel_index("vouchers_panel"))

    amounts = [int("".join(filter(str.isdigit, value))) for value, _tone in list(shown.values())[:5]]
    assert amounts == [10_000, 8_700, 300, 1_000, 0]
    assert amounts[0] == sum(amounts[1:])
    assert list(shown.values())[5][1] == "ok"


def test_a_yen_that_the_ledger_does_not_explain_is_shown(ours: Office) -> None:
    voucher = ours.town.wallet.vouchers.get()
    stray = LedgerEntry.objects.create(
        region=ours.town.region,
        voucher=voucher,
        kind=EntryKind.REFUND,
        amount=1,
        source=ours.payment.pk,
        at=voucher.issued_at,
    )

    shown = figures(ours, panel_index("vouchers_panel"))

    assert list(shown.values())[5][1] == "bad"
    put_right(stray)


def put_right(stray: LedgerEntry) -> None:
    """A ledger is never corrected by deletion, so the books are balanced by the opposite entry."""
    LedgerEntry.objects.create(
        region=stray.region, voucher=stray.voucher, kind=EntryKind.REVERSAL, amount=-1, source=stray.source, at=stray.at
    )


def test_it_shows_nothing_of_other_regions(ours: Office, theirs: Office) -> None:
    shown = ours.client.get("/staff/").content.decode()

    assert theirs.town.region.name not in shown


def test_operators_see_every_region_in_one_table(operator: Client, ours: Office, theirs: Office) -> None:
    shown = operator.get("/staff/").content.decode()

    assert ours.town.region.name in shown
    assert theirs.town.region.name in shown


def test_an_upper_room_brings_a_panel_without_being_asked(ours: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def panel(request: HttpRequest) -> tuple[str, dict[str, object]]:
        return "admin/table.html", {"title": "上の部屋から", "columns": ["a"], "rows": [["b"]]}

    monkeypatch.setattr(staff_site, "dashboard_panels", [panel, vouchers_panel])

    assert "上の部屋から" in ours.client.get("/staff/").content.decode()
