"""A resident with the app: signs in, pays, and remembers what was said and how long it took."""

import contextlib
import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from regions.demo_sign_in import DEMO_PASSWORD

LOGIN = "/_allauth/app/v1/auth/login"
PROBLEM_JSON = "application/problem+json"
TIMEOUT = 10.0
# A good password hash is slow on purpose, and everybody signs in at once.
SIGN_IN_TIMEOUT = 60.0
# Refusals that say, in words, that nothing was paid. What merely says "not now" (a database that is
# away) leaves that open, and the app asks again with the same key.
SAYS_NOT_PAID = frozenset({"insufficient_balance", "notary_unavailable", "maintenance", "amount_invalid"})


class Told(StrEnum):
    """What the people at the till have heard."""

    PAID = "paid"
    GUARANTEED = "guaranteed"
    CHECKING = "being checked"
    NOT_PAID = "not paid"
    REFUSED = "refused"
    NOTHING = "nothing definite"


# Method, path, body, headers.
HttpRequest = tuple[str, str, bytes | None, dict[str, str]]

BY_STATUS = {"completed": Told.PAID, "accepted": Told.GUARANTEED, "disputed": Told.GUARANTEED}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back over HTTP."""

    status_code: int
    content_type: str
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)

    def document(self) -> dict[str, Any]:
        """The JSON object that it carries; empty if it carries none."""
        try:
            found = self.json()
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass
class Answer:
    """What a till was told, and after how many seconds. No status: the request itself failed."""

    key: str
    status: int | None
    seconds: float
    body: dict[str, Any]
    region: str = ""
    resident: int = 0
    began_at: float = 0.0
    is_problem: bool = False

    @property
    def told(self) -> Told:
        if self.status == 201:
            return BY_STATUS.get(str(self.body.get("status")), Told.NOT_PAID)
        if self.status == 202:
            return Told.CHECKING
        if self.status is not None and self.is_problem and (400 <= self.status < 500 or self.status == 503):
            return Told.REFUSED
        return Told.NOTHING

    @property
    def says_paid(self) -> bool:
        return self.told in (Told.PAID, Told.GUARANTEED)

    @property
    def says_not_paid(self) -> bool:
        return self.told is Told.NOT_PAID or (self.told is Told.REFUSED and self.body.get("code") in SAYS_NOT_PAID)


class Web:
    """The platform's web over connections that are kept alive, as a phone keeps them; safe among threads."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self.host = urlsplit(url).netloc
        self.timeout = timeout
        self._kept: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def ask(self, method: str, path: str, headers: dict[str, str], document: Any = None) -> Reply:
        """The reply; raise OSError or HTTPException where there is none.

        A kept connection that turns out to be closed is replaced once, as every HTTP client does.
        """
        body = None if document is None else json.dumps(document).encode()
        request = (method, path, body, {"Content-Type": "application/json", **headers})
        with self._lock:
            kept = self._kept.pop() if self._kept else None
        if kept is not None:
            with contextlib.suppress(ConnectionError, http.client.BadStatusLine):
                return self._ask_on(kept, request)
        return self._ask_on(http.client.HTTPConnection(self.host, timeout=self.timeout), request)

    def _ask_on(self, connection: http.client.HTTPConnection, request: HttpRequest) -> Reply:
        try:
            connection.request(*request)
            response = connection.getresponse()
            reply = Reply(response.status, response.headers.get_content_type(), response.read())
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._kept.append(connection)
        return reply


@dataclass
class Resident:
    """A demo resident who has signed in to the app."""

    web: str
    region: str
    number: int
    connections: Web = field(init=False, repr=False)
    headers: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.connections = _web(self.web)
        credentials = {"email": f"resident{self.number}@{self.region}.example", "password": DEMO_PASSWORD}
        reply = Web(self.web, timeout=SIGN_IN_TIMEOUT).ask("POST", LOGIN, {}, credentials)
        self.headers = {"X-Session-Token": reply.json()["meta"]["session_token"]}

    def get(self, path: str) -> Reply:
        return self.connections.ask("GET", f"/api/v1/regions/{self.region}/{path}", self.headers)

    def till(self) -> str:
        """A till near the resident: always the same one."""
        stores = self.get("stores").json()
        return str(stores[self.number % len(stores)]["tills"][0])

    def pay(self, till: str, amount: object, *, key: str | None = None) -> Answer:
        key = key or str(uuid4())
        headers = {**self.headers, "Idempotency-Key": key}
        path = f"/api/v1/regions/{self.region}/payments"
        began_at, began = time.time(), time.monotonic()
        try:
            reply = self.connections.ask("POST", path, headers, {"till": till, "amount": amount})
            status, body, kind = reply.status_code, reply.document(), reply.content_type
        except (OSError, http.client.HTTPException):
            status, body, kind = None, {}, ""
        seconds = time.monotonic() - began
        return Answer(key, status, seconds, body, self.region, self.number, began_at, kind == PROBLEM_JSON)


_webs: dict[str, Web] = {}


def _web(url: str) -> Web:
    return _webs.setdefault(url, Web(url))
