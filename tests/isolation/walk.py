"""Somebody knocks at every door with the foreign region's names and numbers, and we look at what comes out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client

from regions.models import User
from tests.isolation import tables
from tests.isolation.addresses import Address
from tests.isolation.worlds import Kind, World
from tests.maintenance.asking import app_of, signed_in

READS = ("GET", "HEAD")
BROKEN = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """Something of the foreign region in an answer, or an answer that broke."""

    request: str
    status: int
    kinds: frozenset[Kind] = frozenset()

    def __str__(self) -> str:
        return f"{self.request} → {self.status} shows {', '.join(sorted(self.kinds)) or 'that it is broken'}"


class Visitor:
    """A person at the doors, with a browser or with an app as the door wants it."""

    def __init__(self, user: User | None, mine: World, theirs: World) -> None:
        self.user = user
        self.mine = mine
        self.theirs = theirs
        self.is_operator = bool(user and user.is_operator)
        self._clients: dict[str, Client] = {}

    def read(self, address: Address) -> Iterator[Finding]:
        for path in tables.fillings(address, self.mine, self.theirs):
            for question in tables.questions(address, self.theirs):
                yield from self._look(address, "GET", path + question, {})

    def write(self, address: Address) -> Iterator[Finding]:
        for path in tables.fillings(address, self.mine, self.theirs):
            for method in tables.writes(address):
                for body in tables.bodies(address, self.theirs):
                    yield from self._look(address, method, path, body)

    def _look(self, address: Address, method: str, path: str, body: dict[str, Any]) -> Iterator[Finding]:
        answer = self._ask(address, method, path, body)
        kinds = shown(answer, self.theirs, asked=path) - tables.allowed(address, is_operator=self.is_operator)
        if kinds or (answer.status_code == BROKEN and address.name not in tables.KNOWN_BROKEN):
            yield Finding(f"{method} {path} with {len(body)} fields", answer.status_code, frozenset(kinds))

    def _ask(self, address: Address, method: str, path: str, body: dict[str, Any]) -> Any:
        ask = getattr(self._client(address), method.lower())
        if method in READS:
            return ask(path)
        if address.area in ("api", "_allauth"):
            key = {"Idempotency-Key": "walk"}
            return ask(path, {**body, "region": body.get("region", "")}, content_type="application/json", headers=key)
        return ask(path, body)

    def _client(self, address: Address) -> Client:
        # At these doors people sign out and change their password: a session of its own for each.
        alone = address.area in ("accounts", "_allauth") or "logout" in address.name
        session = address.name if alone else address.area
        if session not in self._clients:
            self._clients[session] = self._sign_in(address)
        return self._clients[session]

    def _sign_in(self, address: Address) -> Client:
        if self.user is None:
            client = Client()
        elif address.template.startswith(("/api/", "/_allauth/app/")):
            client = app_of(self.user)
        else:
            client = signed_in(self.user)
        # What breaks is an answer, too: 500, and a page that must show nothing either.
        client.raise_request_exception = False
        return client


def shown(answer: Any, world: World, *, asked: str) -> set[Kind]:
    """What of the world is in the answer: in its body, and in where it sends people.

    A mark that was in the question is an echo, and no news to who asked.
    """
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode("utf-8", "replace") + body.decode("cp932", "replace") + answer.get("Location", "")
    return {kind for mark, kind in world.marks().items() if mark in text and mark not in asked}
