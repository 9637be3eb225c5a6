"""A small provider that speaks Stripe's API over real HTTP: sessions, intents, refunds, signed webhooks.

Tests start it in a thread. To see it with the whole platform, run it beside `make up`:

    python -m tests.checkout.fake_stripe --port 8400 --webhook http://localhost:8000/webhooks/stripe/

and give the platform `STRIPE_API_BASE=http://127.0.0.1:8400`, `STRIPE_SECRET_KEY=sk_test_fake` and
`STRIPE_WEBHOOK_SECRET=whsec_fake`. Its hosted pages have one button: paid.
"""

import argparse
import hashlib
import hmac
import html
import json
import re
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SECRET_KEY, WEBHOOK_SECRET = "sk_test_fake", "whsec_fake"
DAY = 86_400


class Refused(Exception):
    """An error document of the provider."""

    def __init__(self, status: int, kind: str, code: str = "") -> None:
        super().__init__(kind)
        self.status = status
        self.body = {"error": {"type": kind, "code": code or None, "message": f"refused: {code or kind}"}}


@dataclass
class Provider:
    """What the provider knows. `deliver` gets each event; `mute` keeps them back, as a lost webhook would."""

    webhook_url: str = ""
    base: str = ""
    mute: bool = False
    away: bool = False
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    _by_key: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    # What the platform asks.

    def once(self, key: str, body: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The answer that the key has had already; a key with another body is refused, as Stripe does."""
        with self._lock:
            if key and key in self._by_key:
                earlier, answer = self._by_key[key]
                if earlier != body:
                    raise Refused(400, "idempotency_error")
                return answer
            answer = make()
            if key:
                self._by_key[key] = body, answer
            return answer

    def open_session(self, asked: dict[str, Any]) -> dict[str, Any]:
        lines = asked["line_items"]
        amount = sum(int(line["price_data"]["unit_amount"]) * int(line["quantity"]) for line in lines.values())
        expires_at, now = int(asked["expires_at"]), int(time.time())
        if not now + 1_790 <= expires_at <= now + DAY + 10:
            raise Refused(400, "invalid_request_error", "session_expiry_out_of_range")
        number = f"cs_test_{secrets.token_hex(12)}"
        session = {
            "id": number,
            "object": "checkout.session",
            "amount_total": amount,
            "currency": lines["0"]["price_data"]["currency"],
            "client_reference_id": asked["client_reference_id"],
            "metadata": asked.get("metadata", {}),
            "mode": asked["mode"],
            "payment_method_types": list(asked["payment_method_types"].values()),
            "payment_method_options": asked.get("payment_method_options", {}),
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "success_url": asked["success_url"],
            "expires_at": expires_at,
            "url": f"{self.base}/pay/{number}",
        }
        self.sessions[number] = session
        return session

    def session(self, number: str, *, expanded: bool = True) -> dict[str, Any]:
        if number not in self.sessions:
            raise Refused(404, "invalid_request_error", "resource_missing")
        session = dict(self.sessions[number])
        if expanded and session["payment_intent"]:
            session["payment_intent"] = self.intents[session["payment_intent"]]
        return session

    def expire(self, number: str) -> dict[str, Any]:
        with self._lock:
            session = self.sessions[number]
            if session["status"] != "open":
                raise Refused(400, "invalid_request_error", "session_not_open")
            session |= {"status": "expired", "url": None}
        self._tell("checkout.session.expired", session)
        return session

    def cancel_intent(self, number: str) -> dict[str, Any]:
        with self._lock:
            intent = self.intents[number]
            if intent["status"] not in ("requires_action", "requires_payment_method"):
                raise Refused(400, "invalid_request_error", "payment_intent_unexpected_state")
            intent |= {"status": "canceled", "next_action": None}
        return intent

    def refund(self, asked: dict[str, Any]) -> dict[str, Any]:
        intent = self.intents[asked["payment_intent"]]
        given = sum(int(refund["amount"]) for refund in self.refunds if refund["payment_intent"] == intent["id"])
        if intent["status"] != "succeeded" or given + int(asked["amount"]) > intent["amount"]:
            raise Refused(400, "invalid_request_error", "charge_already_refunded")
        refund = {"id": f"re_{secrets.token_hex(8)}", "object": "refund", "status": "succeeded", **asked}
        self.refunds.append(refund)
        return refund

    # What the person does on the hosted pages.

    def pay(self, number: str, *, amount: int | None = None) -> None:
        """Pay by card, or take the number for a convenience store. `amount` differs only to test us."""
        with self._lock:
            session = self.sessions[number]
            if session["status"] != "open":
                raise Refused(400, "invalid_request_error", "session_not_open")
            kind = session["payment_method_types"][0]
            intent = self._intent(session, kind)
            session |= {"status": "complete", "url": None, "payment_intent": intent["id"]}
            if amount is not None:
                session["amount_total"] = amount
            if kind == "card":
                intent["status"], session["payment_status"] = "succeeded", "paid"
        self._tell("checkout.session.completed", session)

    def pay_at_the_till(self, number: str) -> None:
        """The cash has come in at the convenience store."""
        with self._lock:
            session = self.sessions[number]
            intent = self.intents[session["payment_intent"]]
            if intent["status"] != "requires_action":
                raise Refused(400, "invalid_request_error", "payment_intent_unexpected_state")
            intent |= {"status": "succeeded", "next_action": None}
            session["payment_status"] = "paid"
        self._tell("checkout.session.async_payment_succeeded", session)

    def let_the_number_expire(self, number: str) -> None:
        session = self.sessions[number]
        self.intents[session["payment_intent"]] |= {"status": "requires_payment_method", "next_action": None}
        self._tell("checkout.session.async_payment_failed", session)

    def _intent(self, session: dict[str, Any], kind: str) -> dict[str, Any]:
        number = f"pi_{secrets.token_hex(12)}"
        action = {
            "type": "konbini_display_details",
            "konbini_display_details": {
                "expires_at": int(time.time()) + DAY,
                "hosted_voucher_url": f"{self.base}/konbini/{session['id']}",
                "stores": {"familymart": {"confirmation_number": "400008", "payment_code": "123456"}},
            },
        }
        self.intents[number] = {
            "id": number,
            "object": "payment_intent",
            "amount": session["amount_total"],
            "currency": session["currency"],
            "payment_method_types": [kind],
            "status": "requires_action",
            "next_action": action if kind == "konbini" else None,
        }
        return self.intents[number]

    # Webhooks.

    def event(self, kind: str, session: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(time.time()),
            "data": {"object": self.session(session["id"], expanded=False)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }

    def _tell(self, kind: str, session: dict[str, Any]) -> None:
        event = self.event(kind, session)
        self.events.append(event)
        if self.webhook_url and not self.mute:
            body = json.dumps(event).encode()
            asked = urllib.request.Request(self.webhook_url, body, {"Stripe-Signature": signed(body)})  # noqa: S310
            try:
                urllib.request.urlopen(asked, timeout=10).close()  # noqa: S310 the platform's own address
            except urllib.error.URLError as problem:
                print(f"webhook not delivered: {problem}", flush=True)  # noqa: T201


def signed(body: bytes, *, secret: str = WEBHOOK_SECRET, at: float | None = None) -> str:
    """The header by which the provider proves that an event is its own."""
    moment = int(at or time.time())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def unfold(body: str) -> dict[str, Any]:
    """A form with `a[b][0]=c` as nested mappings."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(body):
        path = re.findall(r"[^\[\]]+", name)
        place = found
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = value
    return found


PAGE = """<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><body style="font:18px sans-serif;max-width:28rem;margin:3rem auto;padding:0 1rem">
<p style="background:#fee;padding:.5rem">試験用の決済画面です（お金は動きません）</p><h1>{title}</h1><p>{amount:,}円</p>
<form method="post"><button style="font:inherit;padding:1rem 2rem">{button}</button></form></body></html>"""


class Door(BaseHTTPRequestHandler):
    provider: Provider
    protocol_version = "HTTP/1.1"

    def log_message(self, *_words: Any) -> None:
        """Quiet: what was asked is in `Provider.calls`."""

    def do_GET(self) -> None:
        self._answer("GET", "")

    def do_POST(self) -> None:
        self._answer("POST", self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def _answer(self, method: str, body: str) -> None:
        parts = urlsplit(self.path).path.strip("/").split("/")
        self.provider.calls.append(f"{method} /{'/'.join(parts)}")
        try:
            if self.provider.away:
                raise Refused(503, "api_error")  # noqa: TRY301 an answer like the others
            if parts[0] in ("pay", "konbini"):
                self._page(method, parts[0], parts[1])
            else:
                self._send(200, json.dumps(self._api(method, parts, body)), "application/json")
        except Refused as refused:
            self._send(refused.status, json.dumps(refused.body), "application/json")

    def _api(self, method: str, parts: list[str], body: str) -> dict[str, Any]:
        provider, key = self.provider, self.headers.get("Idempotency-Key", "")
        if SECRET_KEY not in self.headers.get("Authorization", ""):
            raise Refused(401, "invalid_request_error", "api_key_invalid")
        match method, parts[1:]:
            case "POST", ["checkout", "sessions"]:
                return provider.once(key, body, lambda: provider.open_session(unfold(body)))
            case "GET", ["checkout", "sessions", number]:
                return provider.session(number)
            case "POST", ["checkout", "sessions", number, "expire"]:
                return provider.expire(number)
            case "POST", ["payment_intents", number, "cancel"]:
                return provider.cancel_intent(number)
            case "POST", ["refunds"]:
                return provider.once(key, body, lambda: provider.refund(unfold(body)))
        raise Refused(404, "invalid_request_error", "unknown_url")

    def _page(self, method: str, page: str, number: str) -> None:
        session = self.provider.session(number, expanded=False)
        if method == "POST":
            (self.provider.pay if page == "pay" else self.provider.pay_at_the_till)(number)
            self.send_response(303)
            self.send_header("Location", session["success_url"])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        words = {"pay": ("お支払い", "支払う"), "konbini": ("コンビニのレジ", "レジで支払った")}[page]
        text = PAGE.format(title=html.escape(words[0]), button=words[1], amount=session["amount_total"])
        self._send(200, text, "text/html; charset=utf-8")

    def _send(self, status: int, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(port: int = 0, *, webhook_url: str = "") -> tuple[Provider, ThreadingHTTPServer]:
    """A provider at an address of its own, answering in a thread until `shutdown`."""
    provider = Provider(webhook_url=webhook_url)
    server = ThreadingHTTPServer(("127.0.0.1", port), type("OwnDoor", (Door,), {"provider": provider}))
    provider.base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return provider, server


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=8400)
    options.add_argument("--webhook", default="http://localhost:8000/webhooks/stripe/")
    chosen = options.parse_args()
    running, _server = serve(chosen.port, webhook_url=chosen.webhook)
    print(f"STRIPE_API_BASE={running.base}", flush=True)  # noqa: T201
    threading.Event().wait()
