"""The closed sign at the door: what is refused and how, what goes on, and that nothing moves."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from maintenance.known import known
from maintenance.models import Scope
from maintenance.windows import close_window, open_window
from payments.authorisation import PaymentRequest, authorise
from payments.models import Payment
from payments.verification import verify_due
from regions.models import User
from tests.factories import Town
from tests.maintenance.asking import app_of, assert_nothing_moved, pay, signed_in

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
API_READS = ("wallet", "payments", "programmes", "stores")


def api(town: Town, path: str) -> str:
    return f"/api/v1/regions/{town.region.slug}/{path}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scope", [Scope.ALL, Scope.PAYMENTS])
def test_a_payment_by_the_app_is_refused_with_nothing_held(rich_town: Town, scope: Scope) -> None:
    open_window(region=rich_town.region, scope=scope, by=None, expected_until=timezone.now() + timedelta(minutes=10))

    answer = pay(app_of(rich_town.user), rich_town)

    problem = answer.json()
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    assert 590 <= int(answer["Retry-After"]) <= 600
    assert (problem["code"], problem["status"], problem["scope"]) == ("maintenance", 503, scope)
    assert_nothing_moved(rich_town)


@pytest.mark.django_db(transaction=True)
def test_while_sales_are_closed_payments_go_on(rich_town: Town) -> None:
    open_window(region=rich_town.region, scope=Scope.SALES, by=None)

    answer = pay(app_of(rich_town.user), rich_town)
    verify_due(rich_town.region.notary)

    assert answer.status_code in (201, 202)
    assert Payment.objects.get().status == "completed"


@pytest.mark.django_db(transaction=True)
def test_a_payment_in_flight_is_finished_while_everything_is_closed(rich_town: Town) -> None:
    payment = make_payment(rich_town)
    open_window(region=rich_town.region, scope=Scope.ALL, by=None)

    verify_due(rich_town.region.notary)

    payment.refresh_from_db()
    assert payment.status == "completed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scope", [Scope.ALL, Scope.PAYMENTS])
def test_people_at_a_till_see_the_end_of_what_they_began(rich_town: Town, scope: Scope) -> None:
    payment = make_payment(rich_town)
    open_window(region=rich_town.region, scope=scope, by=None)
    app = app_of(rich_town.user)
    address = api(rich_town, f"payments/{payment.pk}")

    assert app.get(address).json()["status"] == "pending"
    verify_due(rich_town.region.notary)
    assert app.get(address).json()["status"] == "completed"


@pytest.mark.django_db(transaction=True)
def test_an_old_payment_is_behind_the_sign_as_everything_is(rich_town: Town) -> None:
    payment = make_payment(rich_town)
    verify_due(rich_town.region.notary)
    Payment.objects.update(authorised_at=timezone.now() - 2 * HOUR)
    open_window(region=rich_town.region, scope=Scope.ALL, by=None)

    answer = app_of(rich_town.user).get(api(rich_town, f"payments/{payment.pk}"))

    assert answer.json()["code"] == "maintenance"


@pytest.mark.django_db(transaction=True)
def test_a_payment_of_another_region_opens_no_door(rich_town: Town, neighbour: Town) -> None:
    payment = make_payment(rich_town)
    open_window(region=neighbour.region, scope=Scope.ALL, by=None)

    answer = app_of(rich_town.user).get(api(neighbour, f"payments/{payment.pk}"))

    assert answer.json()["code"] == "maintenance"


@pytest.mark.parametrize("path", API_READS)
def test_while_payments_are_closed_wallet_and_history_can_be_read(town: Town, path: str) -> None:
    open_window(region=town.region, scope=Scope.PAYMENTS, by=None)

    assert app_of(town.user).get(api(town, path)).status_code == 200


@pytest.mark.parametrize("path", API_READS)
def test_while_everything_is_closed_nothing_of_the_region_can_be_read(town: Town, path: str) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None)

    answer = app_of(town.user).get(api(town, path))

    assert (answer.status_code, answer.json()["code"]) == (503, "maintenance")


def test_another_region_notices_nothing(town: Town, neighbour: Town) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None)

    assert app_of(neighbour.user).get(api(neighbour, "wallet")).status_code == 200


def test_without_an_expected_end_or_past_it_people_may_come_back_in_five_minutes(town: Town) -> None:
    window = open_window(region=town.region, scope=Scope.ALL, by=None)
    assert Client().get(api(town, "wallet"))["Retry-After"] == "300"

    close_window(window, by=None)
    early = timezone.now() - 2 * HOUR
    open_window(region=town.region, scope=Scope.ALL, by=None, now=early, expected_until=early + HOUR)
    assert Client().get(api(town, "wallet"))["Retry-After"] == "300"


def test_the_page_names_the_region_the_end_in_its_time_and_whom_to_ask(town: Town) -> None:
    town.region.contact_name, town.region.contact_phone = "鹿嶋市商品券事務局", "0299-00-0000"
    town.region.save()
    start = datetime(2099, 1, 25, 7, 13, tzinfo=UTC)
    open_window(
        region=town.region,
        scope=Scope.ALL,
        by=None,
        now=start,
        starts_at=None,
        expected_until=start + 4 * HOUR,
        message="復旧作業を行っています。",
    )
    known.get()

    page = closed_page(town, at=start)

    for part in (
        "鹿嶋市",
        "復旧作業を行っています。",
        "20:13",
        "鹿嶋市商品券事務局",
        "0299-00-0000",
        "/kashima/status/",
    ):
        assert part in page


def test_the_page_is_in_the_readers_language(town: Town) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None, message="作業中です。", message_en="We are at work.")

    page = Client().get("/kashima/pay/", headers={"Accept-Language": "en"}).content.decode()

    assert 'lang="en"' in page
    assert "Under maintenance" in page
    assert "We are at work." in page
    assert "Kashima" in page


def test_a_message_is_text_and_nothing_else(town: Town) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None, message="<script>alert(1)</script>")

    assert "<script>alert" not in Client().get("/kashima/pay/").content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_browser_gets_the_page_and_a_form_that_is_sent_gets_it_too(town: Town, method: str) -> None:
    open_window(region=town.region, scope=Scope.PAYMENTS, by=None)

    answer = getattr(signed_in(town.user), method)(f"/kashima/pay/{town.till.code}/", {"amount": "100"})

    assert answer.status_code == 503
    assert answer["Cache-Control"] == "no-store"
    assert answer["Retry-After"] == "300"
    assert 'data-back="/kashima/' in answer.content.decode()
    assert_nothing_moved(town)


def test_who_pressed_pay_is_told_that_nothing_was_paid_and_who_only_looked_is_not(town: Town) -> None:
    open_window(region=town.region, scope=Scope.PAYMENTS, by=None)
    browser = Client(headers={"Accept-Language": "en"})

    assert "Nothing has been paid." in browser.post(f"/kashima/pay/{town.till.code}/").content.decode()
    assert "Nothing has been paid." not in browser.get("/kashima/pay/").content.decode()


@pytest.mark.parametrize("scope", [Scope.ALL, Scope.PAYMENTS])
def test_staff_of_the_region_and_operators_pass(town: Town, operator: User, scope: Scope) -> None:
    open_window(region=town.region, scope=scope, by=None)

    for user in (town.secretary(), operator):
        assert signed_in(user).get("/kashima/pay/").status_code != 503


def test_staff_of_another_region_the_shop_and_residents_do_not_pass(town: Town, neighbour: Town) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None)

    for user in (neighbour.secretary(), town.shop_person(), town.user):
        assert signed_in(user).get("/kashima/").status_code == 503


@pytest.mark.parametrize(
    "path",
    ["/livez", "/status.json", "/kashima/status/", "/api/v1/status", "/accounts/login/", "/staff/", "/portal/"],
)
def test_probes_status_and_sign_in_go_on_while_everything_is_closed_everywhere(town: Town, path: str) -> None:
    open_window(region=None, scope=Scope.ALL, by=None)

    assert Client().get(path).status_code in (200, 302)


def test_signing_in_by_the_app_goes_on_while_everything_is_closed(town: Town) -> None:
    open_window(region=None, scope=Scope.ALL, by=None)

    answer = Client().post(
        "/_allauth/app/v1/auth/login",
        json.dumps({"email": town.user.email, "password": "hansatsu-demo"}),
        content_type="application/json",
    )

    assert answer.status_code == 200


def test_a_shop_reads_its_portal_while_its_region_is_closed(town: Town) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None)

    assert signed_in(town.shop_person()).get("/portal/").status_code == 200


def test_while_the_database_is_away_the_sign_stays_and_nothing_is_raised(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None)
    browser = signed_in(town.secretary())
    known.get()

    def away(*_args: Any, **_kwargs: Any) -> Any:
        raise OperationalError

    known.forget()
    monkeypatch.setattr(known, "_load", away)
    monkeypatch.setattr("maintenance.middleware.is_staff_here", away)

    # Nobody can be recognised, so not even staff pass; but the sign hangs.
    answer = browser.get("/kashima/")
    assert answer.status_code == 503
    assert "Retry-After" in answer


def test_redis_is_not_needed(town: Town, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            **settings.CACHES["default"],
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    open_window(region=town.region, scope=Scope.ALL, by=None)

    assert Client().get("/kashima/pay/").status_code == 503


def test_the_windows_are_looked_up_once_for_many_requests(town: Town, django_assert_num_queries: Any) -> None:
    open_window(region=town.region, scope=Scope.ALL, by=None)
    client = Client()

    with django_assert_num_queries(1):
        for _request in range(5):
            assert client.get("/kashima/pay/").status_code == 503


def closed_page(town: Town, *, at: datetime) -> str:
    from maintenance.answers import closed_page as page_of  # noqa: PLC0415
    from maintenance.models import Window  # noqa: PLC0415

    return page_of(Window.objects.select_related("region").get(), town.region, now=at, back="/")


def make_payment(town: Town) -> Payment:
    return authorise(
        PaymentRequest(region=town.region, wallet_id=town.wallet.pk, till=town.till.code, amount=1_000, key="before")
    )
