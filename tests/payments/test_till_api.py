"""The API for tills and what the app has scanned: as the interfaces say, with keys that open one merchant only."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from merchants.models import TillKey
from merchants.qr import till_address, till_payload
from merchants.till_keys import make_key, revoke_key
from payments import waiting
from payments.models import Charge, Payment
from payments.refund_verification import verify_refunds
from payments.verification import verify_due
from tests.factories import TillFactory, Town
from tests.payments.test_api import App, assert_problem
from tests.payments.test_pay_codes import issue
from tests.staff.sign_in import paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody verifies while the request waits, as the worker does in a process of its own."""
    look = waiting._look_until

    def verify_then_look(row: Any, event: Any, until: float) -> Any:
        verify_due(row.region.notary)
        verify_refunds(row.region.notary)
        return look(row, event, min(until, 0) if row.status == "pending" else until)

    monkeypatch.setattr(waiting, "_look_until", verify_then_look)


class Pos:
    """A shop's till system with a key of its merchant."""

    def __init__(self, town: Town) -> None:
        self.town, self.client = town, Client()
        self.key, self.secret = make_key(merchant=town.store.merchant, name="POS", by=town.shop_person())

    def get(self, path: str) -> Any:
        return self.client.get(self._url(path), headers=self._headers())

    def post(self, path: str, body: Any = None, *, key: str | None = "sale") -> Any:
        headers = self._headers() | ({"Idempotency-Key": key} if key is not None else {})
        return self.client.post(self._url(path), body or {}, content_type="application/json", headers=headers)

    def charge(self, amount: Any = 1_200, *, key: str | None = "sale", **more: Any) -> Any:
        return self.post("charges", {"till": self.town.till.code, "amount": amount, **more}, key=key)

    def take(self, code: str, amount: Any = 1_200) -> Any:
        return self.post("codes", {"till": self.town.till.code, "amount": amount, "code": code})

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    def _url(self, path: str) -> str:
        return f"/api/v1/regions/{self.town.region.slug}/pos/{path}"


def test_a_charge_from_its_qr_to_its_payment_and_its_cancellation() -> None:
    pos = Pos(Town(balance=5_000))
    made = pos.charge()
    charge = made.json()
    assert (made.status_code, charge["state"], charge["amount"], charge["payment"]) == (201, "open", 1_200, None)
    assert pos.charge().json()["id"] == charge["id"]

    app = App(pos.town)
    scanned = app.post("scans", {"text": charge["payload"]}).json()
    assert (scanned["amount"], scanned["store"], scanned["state"]) == (1_200, pos.town.store.name, "open")
    assert app.post("scans", {"text": charge["address"]}).json() == scanned
    paid_charge = app.post(f"charges/{scanned['charge']}/payments", {})
    assert (paid_charge.status_code, paid_charge.json()["status"]) == (201, "completed")

    looked = pos.get(f"charges/{charge['id']}?wait=25").json()
    assert (looked["state"], looked["payment"]["id"]) == ("paid", paid_charge.json()["id"])
    assert "allocations" not in looked["payment"]
    assert [payment["id"] for payment in pos.get("payments").json()] == [looked["payment"]["id"]]
    assert pos.post(f"charges/{charge['id']}/cancel").json()["state"] == "refunded"
    assert pos.post(f"charges/{charge['id']}/cancel").json()["state"] == "refunded"
    assert app.get("wallet").json()["balance"] == 5_000


def test_a_long_poll_ends_when_somebody_pays_and_not_before() -> None:
    pos = Pos(Town(balance=5_000))
    charge = pos.charge().json()

    assert pos.get(f"charges/{charge['id']}?wait=0").json()["state"] == "open"
    assert pos.get(f"charges/{charge['id']}?wait=soon").json()["state"] == "open"
    for refused in ("-1", "９"):
        assert pos.get(f"charges/{charge['id']}?wait={refused}").json()["state"] == "open"
    pos.post(f"charges/{charge['id']}/cancel")
    assert pos.get(f"charges/{charge['id']}?wait=25").json()["state"] == "cancelled"


def test_who_waits_does_not_take_the_places_of_payments(monkeypatch: pytest.MonkeyPatch) -> None:
    pos = Pos(Town())
    charge = pos.charge().json()
    monkeypatch.setattr(waiting, "_tills_places", waiting.threading.BoundedSemaphore(1))
    assert waiting._tills_places.acquire(blocking=False)

    assert pos.get(f"charges/{charge['id']}?wait=25").json()["state"] == "open"


def test_the_second_payer_is_told_as_a_problem() -> None:
    pos = Pos(Town(balance=5_000))
    token = pos.charge().json()["address"].rstrip("/").rsplit("/", 1)[1]
    app = App(pos.town)
    app.post(f"charges/{token}/payments", {})

    assert_problem(app.post(f"charges/{token}/payments", {}, key="other"), 409, "charge_taken")
    assert_problem(app.post("charges/NOSUCH/payments", {}), 404, "charge_unknown")
    assert_problem(app.post(f"charges/{token}/payments", {}, key=None), 400, "key_missing")
    assert Payment.objects.count() == 1


def test_what_a_till_may_not_ask_for_is_a_problem_document() -> None:
    pos, other = Pos(Town()), Town()

    assert_problem(pos.charge(0), 422, "amount_invalid")
    assert_problem(pos.charge("100"), 422, "amount_invalid")
    assert_problem(pos.charge(key=None), 400, "key_missing")
    assert_problem(pos.charge(lives=5), 422, "time_invalid")
    assert_problem(pos.charge(till=other.till.code), 404, "till_unknown")
    assert_problem(pos.charge(till=None), 404, "till_unknown")
    assert_problem(pos.post("charges", [1]), 422, "amount_invalid")
    assert_problem(pos.get(f"charges/{uuid4()}"), 404, "charge_unknown")
    assert_problem(pos.post(f"payments/{uuid4()}/refunds", {"amount": 1, "reason": "x"}), 404, "not_found")
    assert not Charge.objects.exists()


def test_a_code_is_paid_or_asked_about_and_its_refusals_are_problem_documents() -> None:
    pos = Pos(Town(balance=50_000))
    digits = issue(pos.town)[1]
    taken = pos.take(digits)
    assert (taken.status_code, taken.json()["state"], taken.json()["payment"]["status"]) == (201, "used", "completed")

    asked = pos.take(issue(pos.town)[1], 6_200)
    assert (asked.status_code, asked.json()["state"], asked.json()["payment"]) == (202, "asked", None)
    assert pos.get(f"codes/{asked.json()['id']}").json()["state"] == "asked"

    assert_problem(pos.take(digits, 900), 409, "code_used")
    assert_problem(pos.take("0000000000"), 404, "code_unknown")
    assert_problem(pos.take("1234567890"), 422, "code_unreadable")
    assert_problem(pos.take(issue(pos.town)[1], 45_000_000), 422, "amount_invalid")
    assert_problem(pos.get(f"codes/{uuid4()}"), 404, "code_unknown")


def test_a_key_opens_its_merchants_tills_and_nothing_else() -> None:
    pos, stranger = Pos(Town(balance=5_000)), Pos(Town(balance=5_000))
    payment = paid(pos.town, 1_200)
    charge = pos.charge().json()
    stranger.town.region = pos.town.region  # knocks at our region's door

    for answer in (
        stranger.get("payments"),
        stranger.get(f"charges/{charge['id']}"),
        stranger.post(f"charges/{charge['id']}/cancel"),
        stranger.post(f"payments/{payment.pk}/refunds", {"amount": 1, "reason": "x"}),
    ):
        assert_problem(answer, 404, "not_found")
    payment.refresh_from_db()
    assert (payment.refunded, pos.get(f"charges/{charge['id']}").json()["state"]) == (0, "open")


def test_another_merchant_of_the_same_town_sees_nothing() -> None:
    pos = Pos(Town(balance=5_000))
    payment, charge = paid(pos.town, 1_200), pos.charge().json()
    neighbour = Pos(pos.town)
    other = TillFactory(store__region=pos.town.region)
    neighbour.key, neighbour.secret = make_key(merchant=other.store.merchant, name="x", by=pos.town.shop_person())

    assert neighbour.get("payments").json() == []
    assert_problem(neighbour.get(f"charges/{charge['id']}"), 404, "charge_unknown")
    assert_problem(neighbour.charge(key="theirs"), 404, "till_unknown")
    refund = neighbour.post(f"payments/{payment.pk}/refunds", {"amount": 1, "reason": "x"})
    assert_problem(refund, 404, "not_found")


def test_without_a_key_with_a_wrong_one_and_with_a_revoked_one_it_is_401() -> None:
    pos = Pos(Town())
    assert pos.get("payments").status_code == 200
    revoke_key(pos.key)

    assert_problem(pos.get("payments"), 401, "authentication_failed")
    for secret in ("", "hk_wrong", "ü"):
        pos.secret = secret
        assert pos.get("payments").status_code == 401
    app = App(pos.town)
    assert_problem(app.get("pos/payments"), 401, "not_authenticated")
    assert app.get("pos/payments")["WWW-Authenticate"] == "Bearer"


def test_a_key_is_kept_as_a_digest_and_notes_its_use() -> None:
    pos = Pos(Town())
    pos.get("payments")

    key = TillKey.objects.get(pk=pos.key.pk)
    assert key.last_used_at is not None
    assert pos.secret not in str(TillKey.objects.filter(pk=key.pk).values().get())
    assert pos.secret.startswith(key.beginning)


def test_a_refund_by_a_key_is_of_who_made_it() -> None:
    pos = Pos(Town(balance=5_000))
    payment = paid(pos.town, 1_200)

    answer = pos.post(f"payments/{payment.pk}/refunds", {"amount": 200, "reason": "値引き忘れ"})

    assert (answer.status_code, answer.json()["status"]) == (201, "completed")
    assert payment.refunds.get().requested_by == pos.key.made_by
    again = pos.post(f"payments/{payment.pk}/refunds", {"amount": 5_000, "reason": "x"}, key="2")
    assert_problem(again, 409, "already_refunded")


def test_what_the_app_scanned_is_a_till_or_says_what_is_wrong() -> None:
    town, other = Town(), Town()
    app, till = App(town), town.till

    for text in (till.code, f" {till.code[:4]} {till.code[4:]} ".lower(), till_address(till), till_payload(till)):
        scanned = app.post("scans", {"text": text}).json()
        assert (scanned["till"], scanned["amount"], scanned["charge"]) == (till.code, None, None)
    proposed = app.post("scans", {"text": till_payload(till, amount=500)}).json()
    assert (proposed["amount"], proposed["charge"]) == (500, None)

    broken = app.post("scans", {"text": till_payload(till)[:-1] + "!"})
    assert_problem(broken, 422, "payload_invalid")
    assert "checksum" in broken.json()["detail"]
    for text in (till_payload(other.till), till_address(other.till), "https://example.jp/a/b/c"):
        assert_problem(app.post("scans", {"text": text}), 422, "payload_elsewhere")
    for text in ("NOSUCH99", "", till_address(till).replace(till.code, "NOSUCH99")):
        assert_problem(app.post("scans", {"text": text}), 404, "till_unknown")
    assert not Payment.objects.exists()
