"""Every fault between the platform and a notary, under load: each answer definite and in time, and nothing is left."""

import os
import time
from collections.abc import Iterator

import psycopg
import pytest

from maintenance.drill.app import Resident, Told
from maintenance.drill.bars import percentile
from maintenance.drill.load import Traffic, paying, wait_until
from maintenance.drill.rehearsal import STATUS_BY_KEY, count_broken_words
from maintenance.drill.stack import SPARED, STRUCK, DrillStack
from maintenance.figures import Figures

pytestmark = [
    pytest.mark.stack,
    pytest.mark.timeout(600),
    pytest.mark.skipif("HANSATSU_DRILLS" not in os.environ, reason="a long rehearsal: HANSATSU_DRILLS=1 runs it"),
]

PER_SECOND = 20
FAULT_SECONDS = 5.0
# What is promised of the answers, and after the fault, in seconds.
NEARLY_ALL_WITHIN, ALL_WITHIN, CLEAN_WITHIN = 3.0, 5.0, 60.0


@pytest.fixture(scope="module")
def own_stack() -> Iterator[DrillStack]:
    with DrillStack() as running:
        yield running


@pytest.fixture(scope="module")
def residents(own_stack: DrillStack) -> list[Resident]:
    return own_stack.residents(each=6)


def settle(stack: DrillStack) -> Figures:
    """What the books say once they are clean, at the latest when they should be."""
    wait_until(lambda: stack.figures().is_clean, within=CLEAN_WITHIN)
    return stack.figures()


def pay_under(stack: DrillStack, residents: list[Resident], fault: str) -> Traffic:
    with paying(residents, per_second=PER_SECOND) as traffic:
        stack.network.be(fault)
        time.sleep(FAULT_SECONDS)
        stack.network.recover()
        time.sleep(1)
    return traffic


def broken_words(stack: DrillStack, traffic: Traffic) -> int:
    with psycopg.connect(stack.database_url) as connection:
        rows = connection.execute(STATUS_BY_KEY, [[answer.key for answer in traffic.answers]]).fetchall()
    return count_broken_words(traffic.answers, dict(rows))


@pytest.mark.parametrize(
    "fault",
    [
        "latency 0.8", "latency 4", "black_hole", "half_open", "reset", "refuse",
        "lose_answer", "lose_answer 0", "drip", "flap 1",
    ],
)  # fmt: skip
def test_every_answer_is_definite_and_in_time_and_nothing_is_left(
    own_stack: DrillStack, residents: list[Resident], fault: str
) -> None:
    traffic = pay_under(own_stack, residents, fault)

    seconds = [answer.seconds for answer in traffic.answers]
    told = {answer.told for answer in traffic.answers}
    elsewhere = {answer.told for answer in traffic.answers if answer.region in SPARED}
    assert Told.NOTHING not in told
    assert elsewhere == {Told.PAID}
    assert (percentile(seconds, 0.99) or 0) <= NEARLY_ALL_WITHIN
    assert max(seconds) <= ALL_WITHIN
    found = settle(own_stack)
    assert found.is_clean, found
    assert broken_words(own_stack, traffic) == 0


def test_under_accept_nothing_is_refused(own_stack: DrillStack, residents: list[Resident]) -> None:
    own_stack.set_policy("accept", [STRUCK])
    try:
        traffic = pay_under(own_stack, residents, "black_hole")
    finally:
        own_stack.set_policy("stop", [STRUCK])

    assert {answer.told for answer in traffic.answers} <= {Told.PAID, Told.GUARANTEED, Told.CHECKING}
    found = settle(own_stack)
    assert found.is_clean, found
    assert broken_words(own_stack, traffic) == 0
