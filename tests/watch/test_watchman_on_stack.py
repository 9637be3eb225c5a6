"""The watchman over a whole platform of real processes: what dies is named within seconds, and all is clear again."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from maintenance.watch.watchman import STARTING
from tests.stack_process import Stack
from tests.tills import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(280)]

NAMED_WITHIN = 10.0
CLEAR_WITHIN = 60.0
EVERYWHERE = ["hamanasu", "kashima", "shiosai"]
INCIDENTS = """
    SELECT cause, opened_at, identified_at, notified_at, closed_at,
        array(SELECT slug FROM maintenance_incident_regions AS affected
              JOIN regions_region AS region ON region.id = affected.region_id
              WHERE affected.incident_id = incident.id ORDER BY slug) AS regions
    FROM maintenance_incident AS incident WHERE opened_at >= %s ORDER BY opened_at
"""


@pytest.fixture(scope="module")
def own_stack() -> Iterator[Stack]:
    with Stack(options=("--port", "0")) as running:
        # So long it forgives processes that are not up yet.
        time.sleep(STARTING)
        wait_until(lambda: probed(running), within=60)
        yield running


def ask(stack: Stack, query: str, *values: object) -> list[dict[str, Any]]:
    with psycopg.connect(stack.ready["database_url"], row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(query.encode(), values).fetchall()


def probed(stack: Stack) -> bool:
    """Whether the way of every region has been walked and nothing is wrong."""
    answered = "SELECT count(*) AS number FROM payments_pathprobe WHERE answered_at IS NOT NULL"
    still_open = "SELECT count(*) AS number FROM maintenance_incident WHERE closed_at IS NULL"
    return ask(stack, answered)[0]["number"] == 3 and ask(stack, still_open)[0]["number"] == 0


def incidents(stack: Stack, since: Any) -> list[dict[str, Any]]:
    try:
        return ask(stack, INCIDENTS, since)
    except psycopg.OperationalError:
        return []


@pytest.mark.parametrize(
    ("name", "cause"), [("notary", "notary"), ("redis", "redis"), ("worker", "workers"), ("resolver", "workers")]
)
def test_a_process_that_keeps_dying_is_named_though_nobody_pays(own_stack: Stack, name: str, cause: str) -> None:
    assert wait_until(lambda: probed(own_stack), within=CLEAR_WITHIN)
    began = ask(own_stack, "SELECT now() AS at")[0]["at"]

    until = time.monotonic() + NAMED_WITHIN + 2
    while time.monotonic() < until and not incidents(own_stack, began):
        kill(own_stack, name)
        time.sleep(0.3)

    (incident,) = incidents(own_stack, began)
    assert (incident["cause"], incident["regions"]) == (cause, EVERYWHERE)
    assert (incident["identified_at"] - began).total_seconds() <= NAMED_WITHIN

    assert wait_until(lambda: incidents(own_stack, began)[0]["closed_at"], within=CLEAR_WITHIN)
    (incident,) = incidents(own_stack, began)
    assert (incident["notified_at"] - began).total_seconds() <= NAMED_WITHIN
    assert incident["cause"] == cause


def test_an_incident_of_the_database_is_told_without_it_and_written_when_it_is_back(own_stack: Stack) -> None:
    assert wait_until(lambda: probed(own_stack), within=CLEAR_WITHIN)
    began = ask(own_stack, "SELECT now() AS at")[0]["at"]

    stopped = own_stack.pid("postgres")
    for _ in range(8):
        kill(own_stack, "postgres")
        time.sleep(0.5)

    assert wait_until(lambda: incidents(own_stack, began), within=30)
    assert wait_until(lambda: incidents(own_stack, began)[0]["closed_at"], within=CLEAR_WITHIN)
    (incident,) = incidents(own_stack, began)
    assert stopped != own_stack.pid("postgres")
    assert (incident["cause"], incident["regions"]) == ("database", EVERYWHERE)
    assert (incident["notified_at"] - began).total_seconds() <= NAMED_WITHIN
    assert "【障害】" in own_stack.log("watchman") or "Subject:" in own_stack.log("watchman")


def test_a_watchman_that_dies_goes_on_with_what_it_had_begun(own_stack: Stack) -> None:
    assert wait_until(lambda: probed(own_stack), within=CLEAR_WITHIN)
    began = ask(own_stack, "SELECT now() AS at")[0]["at"]
    frozen = own_stack.pid("redis")
    os.kill(frozen, signal.SIGSTOP)
    try:
        assert wait_until(lambda: incidents(own_stack, began), within=NAMED_WITHIN)
        kill(own_stack, "watchman")
        time.sleep(8)
    finally:
        os.kill(frozen, signal.SIGCONT)

    assert wait_until(lambda: incidents(own_stack, began)[0]["closed_at"], within=CLEAR_WITHIN)
    assert [incident["cause"] for incident in incidents(own_stack, began)] == ["redis"]


def kill(stack: Stack, name: str) -> None:
    try:
        os.kill(stack.pid(name), signal.SIGKILL)
    except ProcessLookupError:
        return
