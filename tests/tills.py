"""Residents who pay through the API of a running stack, and what they were told."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

PASSWORD = "hansatsu-demo"
LOGIN = "/_allauth/app/v1/auth/login"


@dataclass
class Answer:
    """What a till was told, and after how many seconds. No status: the request itself failed."""

    key: str
    status: int | None
    seconds: float
    body: dict[str, object]


@dataclass
class Resident:
    """A demo resident with the app."""

    web: str
    region: str
    number: int
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.web, timeout=10)
        credentials = {"email": f"resident{self.number}@{self.region}.example", "password": PASSWORD}
        answer = self.client.post(LOGIN, json=credentials)
        self.client.headers["X-Session-Token"] = answer.json()["meta"]["session_token"]

    def get(self, path: str) -> httpx.Response:
        return self.client.get(f"/api/v1/regions/{self.region}/{path}")

    def till(self) -> str:
        stores = self.get("stores").json()
        return str(stores[self.number % len(stores)]["tills"][0])

    def pay(self, till: str, amount: object, *, key: str | None = None) -> Answer:
        key = key or str(uuid4())
        began = time.monotonic()
        try:
            answer = self.client.post(
                f"/api/v1/regions/{self.region}/payments",
                json={"till": till, "amount": amount},
                headers={"Idempotency-Key": key},
            )
        except httpx.HTTPError:
            return Answer(key, None, time.monotonic() - began, {})
        return Answer(key, answer.status_code, time.monotonic() - began, answer.json())


@dataclass
class Traffic:
    """What all tills were told while the traffic ran."""

    answers: list[Answer] = field(default_factory=list)

    def statuses(self) -> Counter[int | None]:
        return Counter(answer.status for answer in self.answers)

    def slowest(self) -> float:
        return max(answer.seconds for answer in self.answers)


@contextmanager
def paying(residents: list[Resident], *, per_second: float, amount: int = 10) -> Iterator[Traffic]:
    """Every resident pays in turn, all of them together `per_second`, until the block ends."""
    traffic, stop = Traffic(), threading.Event()
    pause = len(residents) / per_second

    def shop(resident: Resident) -> None:
        till = resident.till()
        while not stop.wait(pause):
            traffic.answers.append(resident.pay(till, amount))

    threads = [threading.Thread(target=shop, args=(resident,), daemon=True) for resident in residents]
    for thread in threads:
        thread.start()
    try:
        yield traffic
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=15)


def wait_until(condition: Callable[[], bool], *, within: float) -> bool:
    """Whether the condition came true within so many seconds."""
    until = time.monotonic() + within
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True
