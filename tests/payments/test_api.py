"""The app's API, from sign-in to receipt: answers as the interfaces say, and problem documents."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.renderers import JSONRenderer

from payments import waiting
from payments.api import PaymentSerializer, represent
from payments.authorisation import PaymentRequest, authorise
from payments.models import Payment
from payments.verification import verify_batch, verify_due
from tests.factories import TicketTypeFactory, Town, issue
from tests.notaries import FaultyNotary
from vouchers.models import Voucher

# Statements, BEGIN and COMMIT among them: a rise is a decision, not an accident.
PAYING = 12
VERIFYING = 8

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody verifies while the request waits, as the worker does in a process of its own."""
    look = waiting._look_until

    def verify_then_look(row: Any, event: Any, until: float) -> Any:
        verify_due(row.region.notary)
        return look(row, event, min(until, 0) if row.status == "pending" else until)

    monkeypatch.setattr(waiting, "_look_until", verify_then_look)


class App:
    """The app on a person's phone."""

    def __init__(self, town: Town, email: str | None = None) -> None:
        self.town, self.client = town, Client()
        credentials = {"email": email or town.user.email, "password": "hansatsu-demo"}
        answer = self.client.post("/_allauth/app/v1/auth/login", credentials, content_type="application/json")
        self.token = answer.json()["meta"]["session_token"]

    def get(self, path: str) -> Any:
        return self.client.get(self._url(path), headers={"X-Session-Token": self.token})

    def post(self, path: str, body: Any, *, key: str | None = "key") -> Any:
        headers = {"X-Session-Token": self.token} | ({"Idempotency-Key": key} if key is not None else {})
        return self.client.post(self._url(path), body, content_type="application/json", headers=headers)

    def pay(self, amount: Any = 1234, *, till: Any = None, key: str | None = "key") -> Any:
        return self.post("payments", {"till": self.town.till.code if till is None else till, "amount": amount}, key=key)

    def _url(self, path: str) -> str:
        return f"/api/v1/regions/{self.town.region.slug}/{path}"


def assert_problem(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"]
    assert body["detail"]


def test_a_payment_is_answered_with_what_was_paid_and_its_receipt() -> None:
    app = App(Town(balance=5000))

    answer = app.pay()

    body = answer.json()
    assert answer.status_code == 201
    assert (body["status"], body["amount"], body["refunded"]) == ("completed", 1234, 0)
    assert body["receipt"]["leaf"]["id"] == body["id"]
    assert body["authorised_at"].endswith("+09:00")
    assert app.get("wallet").json()["balance"] == 3766
    assert [payment["id"] for payment in app.get("payments").json()["results"]] == [body["id"]]
    assert app.get(f"payments/{body['id']}").json() == body


def test_while_the_notary_is_away_the_answer_is_202_and_the_value_is_held(notary: FaultyNotary) -> None:
    app = App(Town(balance=5000))
    notary.is_cut = True

    answer = app.pay()

    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    wallet = app.get("wallet").json()
    assert (wallet["balance"], wallet["held"]) == (3766, 1234)


@pytest.mark.parametrize("amount", [0, -1, 10**9, 1.5, 2.0, "1234", True, None, {}, []])
def test_an_amount_that_is_no_whole_number_of_yen_is_422(amount: Any) -> None:
    app = App(Town(balance=5000))

    assert_problem(app.pay(amount), 422, "amount_invalid")

    assert not Payment.objects.exists()


def test_refusals_are_problem_documents_and_nothing_moves() -> None:
    town, other = Town(balance=500), Town()
    issue(town.resident, TicketTypeFactory(programme=town.programme), 9000)
    app = App(town)

    assert_problem(app.pay(till="NOSUCH99"), 404, "till_unknown")
    assert_problem(app.pay(till=other.till.code), 404, "till_unknown")
    assert_problem(app.pay(till=17), 404, "till_unknown")
    assert_problem(app.pay(501), 402, "insufficient_balance")
    assert_problem(app.pay(key=None), 400, "key_missing")
    assert_problem(app.pay(key="k" * 256), 400, "key_invalid")
    assert_problem(app.post("payments", "not json{"), 400, "parse_error")
    assert_problem(app.post("payments", [1, 2]), 422, "amount_invalid")

    assert not Payment.objects.exists()
    assert Voucher.objects.all().sums()["held"] == 0


def test_the_same_key_with_another_body_is_422() -> None:
    app = App(Town(balance=5000))
    app.pay(100)

    assert_problem(app.pay(200), 422, "key_reused")

    assert Payment.objects.count() == 1


def test_without_a_session_token_every_address_is_401() -> None:
    app = App(Town(balance=5000))
    app.token = "forged"

    for path in ("wallet", "payments", "stores", "programmes", f"payments/{uuid4()}", "tills/ABCD2345"):
        assert_problem(app.get(path), 401, "not_authenticated")
    assert_problem(app.pay(), 401, "not_authenticated")


def test_another_persons_payment_and_another_regions_wallet_are_404() -> None:
    town, other = Town(balance=5000), Town(balance=5000)
    mine = App(town).pay().json()["id"]
    stranger = App(town, other.user.email)

    assert_problem(stranger.get("wallet"), 404, "not_found")
    assert_problem(stranger.get(f"payments/{mine}"), 404, "not_found")
    assert_problem(stranger.pay(key="theirs"), 404, "not_found")


def test_a_till_says_what_is_good_there() -> None:
    town = Town(balance=800)
    issue(town.resident, TicketTypeFactory(programme=town.programme), 9000)

    answer = App(town).get(f"tills/{town.till.code}").json()

    assert (answer["store"], answer["balance"]) == (town.store.name, 800)


def test_shop_staff_refund_a_payment_of_their_store_and_nobody_elses() -> None:
    town = Town(balance=5000)
    payment = App(town).pay().json()["id"]
    shop = App(town, town.shop_person().email)
    body = {"amount": 234, "reason": "打ち間違い"}

    refund = shop.post(f"payments/{payment}/refunds", body)

    assert refund.status_code == 201
    assert shop.get(f"payments/{payment}").json()["refunded"] == 234
    assert_problem(shop.post(f"payments/{payment}/refunds", {**body, "amount": 5000}, key="2"), 409, "already_refunded")
    assert_problem(App(town).post(f"payments/{payment}/refunds", body), 404, "not_found")
    assert_problem(App(town, Town().shop_person().email).post(f"payments/{payment}/refunds", body), 404, "not_found")


def test_the_history_goes_on_by_cursor() -> None:
    app = App(Town(balance=5000))
    made = [app.pay(10, key=f"key{number}").json()["id"] for number in range(5)]

    first = app.get("payments?limit=2").json()
    second = app.client.get(first["next"], headers={"X-Session-Token": app.token}).json()

    assert [payment["id"] for payment in first["results"] + second["results"]] == made[:0:-1]


def test_the_answer_at_the_till_is_what_asking_again_gives() -> None:
    town = Town(balance=5_000)
    payment = authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, 700, "again"))
    verify_due(town.region.notary)
    payment.refresh_from_db(fields=["status", "decided_at", "decline_reason", "receipt", "log_position", "refunded"])

    stored = Payment.objects.with_places().prefetch_related("allocations").get(pk=payment.pk)

    assert represent(payment) == json.loads(JSONRenderer().render(PaymentSerializer(stored).data))


def statements(seen: CaptureQueriesContext) -> int:
    """Those that every payment runs: what a process reads now and then (windows, the breaker) apart."""
    return sum("maintenance_" not in query["sql"] and "notaryhealth" not in query["sql"] for query in seen)


def test_what_a_payment_costs_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Session, person, region, wallet, key, till; begin, payment, hold, allocation, commit; outcome."""
    app = App(Town(balance=5_000))
    app.post("payments", {"till": app.town.till.code, "amount": 100}, key="first")
    monkeypatch.setattr(waiting, "_look_until", lambda row, _event, _until: (waiting._look(row), row)[1])

    with CaptureQueriesContext(connection) as seen:
        app.post("payments", {"till": app.town.till.code, "amount": 100}, key="second")

    assert statements(seen) == PAYING


def test_what_a_batch_costs_the_database_however_many_payments_it_has() -> None:
    """Claim; begin, payments, vouchers, ledger, stores, announcement, commit."""
    town = Town(balance=5_000)
    for number in range(12):
        authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, 10, f"{number}"))

    with CaptureQueriesContext(connection) as seen:
        assert verify_batch(town.region.notary).final == 12

    assert statements(seen) == VERIFYING
