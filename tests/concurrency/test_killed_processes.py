"""Processes killed with signal 9 under load: nothing lost, nothing doubled, nothing stuck a minute later."""

import os
import signal
import time
from collections.abc import Iterator

import httpx
import pytest

from maintenance.figures import Figures, measure
from tests.stack_process import Stack
from tests.tills import Resident, Traffic, paying, wait_until

pytestmark = pytest.mark.stack

# Within this the platform promises that nothing is left in doubt.
SETTLED_WITHIN = 60.0


@pytest.fixture(scope="module")
def own_stack() -> Iterator[Stack]:
    """A stack of its own: others may not be paying while its processes are killed."""
    with Stack(options=("--port", "0")) as running:
        yield running


@pytest.fixture(scope="module")
def residents(own_stack: Stack) -> list[Resident]:
    return [Resident(own_stack.ready["web"], "kashima", number) for number in range(1, 9)]


def figures(stack: Stack) -> Figures:
    return measure(database_url=stack.ready["database_url"], notary_database_url=stack.ready["notary_database_url"])


def is_up(stack: Stack) -> bool:
    """Whether the web answers: one that was killed is started again, and that takes a few seconds."""
    try:
        return httpx.get(f"{stack.ready['web']}/livez", timeout=2.0).status_code == 200
    except httpx.TransportError:
        return False


def settle(stack: Stack) -> Figures:
    wait_until(lambda: figures(stack).is_clean and is_up(stack), within=SETTLED_WITHIN)
    return figures(stack)


def assert_kept(traffic: Traffic, found: Figures) -> None:
    """Every payment that a till was told of is as it was told, and the books are clean."""
    assert found.is_clean, found
    told = [answer for answer in traffic.answers if answer.status == 201 and answer.body["status"] == "completed"]
    assert len({answer.body["id"] for answer in told}) == len(told)
    assert len(told) <= found.completed


@pytest.mark.parametrize("name", ["worker", "notary", "resolver", "redis", "web", "postgres"])
def test_a_process_killed_under_load_loses_and_doubles_nothing(
    own_stack: Stack, residents: list[Resident], name: str
) -> None:
    with paying(residents, per_second=20) as traffic:
        time.sleep(2)
        os.kill(own_stack.pid(name), signal.SIGKILL)
        time.sleep(5)

    assert_kept(traffic, settle(own_stack))
    assert traffic.statuses()[201] > 0
    # Killed in the middle of a request, the web cannot answer that one; the payment is found by its key.
    for answer in traffic.answers:
        if answer.status is None:
            again = residents[0].get("payments")
            assert again.status_code == 200


def test_with_redis_dead_payments_still_complete(own_stack: Stack, residents: list[Resident]) -> None:
    pid = own_stack.pid("redis")
    os.kill(pid, signal.SIGSTOP)
    try:
        with paying(residents, per_second=5) as traffic:
            time.sleep(5)
    finally:
        os.kill(pid, signal.SIGCONT)

    assert traffic.statuses()[201] > 0
    assert set(traffic.statuses()) <= {201, 202}
    assert traffic.slowest() < 3.0
    assert_kept(traffic, settle(own_stack))
