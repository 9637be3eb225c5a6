"""The switch on a whole platform of real processes: from a terminal to every web process."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from config.env import BASE_DIR
from tests.stack_process import Stack, inherited
from tests.tills import Resident

# Every process acts on a window within this many seconds.
PROMISE = 5.0
# A new connection each: with so many in a row alike, no process still thinks otherwise.
IN_A_ROW = 12


def switch(stack: Stack, *arguments: str) -> str:
    """`manage.py maintenance` in a process of its own, as an operator would run it."""
    ready = stack.ready
    env = {
        **inherited(),
        "DEBUG": "true",
        "SECRET_KEY": "of no use to this command",
        "DATABASE_URL": ready["database_url"],
        "REDIS_URL": ready["redis_url"],
    }
    command = [sys.executable, "manage.py", "maintenance", *arguments]
    done = subprocess.run(command, cwd=BASE_DIR, env=env, capture_output=True, text=True, check=True)
    return done.stdout


@contextmanager
def closed(stack: Stack, region: str, scope: str) -> Iterator[None]:
    switch(stack, "open", "--region", region, "--scope", scope, "--until", "+30m", "--message", "作業中です。")
    try:
        yield
    finally:
        switch(stack, "close", "--region", region)


def seconds_until(holds: Callable[[], bool]) -> float:
    """After how long the last question was answered otherwise, before many in a row as wanted."""
    began, in_a_row, last = time.monotonic(), 0, 0.0
    while in_a_row < IN_A_ROW:
        asked = time.monotonic() - began
        if holds():
            in_a_row += 1
        else:
            in_a_row, last = 0, asked
        if asked > 60:
            pytest.fail("it never took effect")
    return last


def status_of(stack: Stack, path: str) -> int:
    return httpx.get(f"{stack.ready['web']}{path}", timeout=10).status_code


def test_every_web_process_acts_on_the_switch_within_five_seconds(stack: Stack) -> None:
    path = "/api/v1/regions/hamanasu/wallet"
    assert status_of(stack, path) == 401

    with closed(stack, "hamanasu", "all"):
        assert seconds_until(lambda: status_of(stack, path) == 503) < PROMISE
        assert status_of(stack, "/api/v1/regions/shiosai/wallet") == 401
        assert status_of(stack, "/hamanasu/status/") == 200
        (window,) = json.loads(switch(stack, "list", "--region", "hamanasu", "--json"))
        assert (window["scope"], window["state"]) == ("all", "open")

    assert seconds_until(lambda: status_of(stack, path) == 401) < PROMISE


def test_while_payments_are_closed_a_till_is_refused_and_the_wallet_is_as_it_was(stack: Stack) -> None:
    resident = Resident(stack.ready["web"], "hamanasu", 7)
    till = resident.till()
    before = resident.get("wallet").json()

    with closed(stack, "hamanasu", "payments"):
        refused = seconds_until(lambda: resident.pay(till, 100_000_000).status == 503)
        answer = resident.pay(till, 100)
        assert refused < PROMISE
        assert (answer.status, answer.body["code"]) == (503, "maintenance")
        assert resident.get("wallet").json() == before

    assert seconds_until(lambda: resident.pay(till, 100_000_000).status == 422) < PROMISE
    assert resident.pay(till, 100).status in (201, 202)
