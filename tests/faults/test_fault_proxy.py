"""The proxy does what it is told, and the notary's client names each fault within its budget, on real sockets."""

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from maintenance.drill.network import Network
from notary.client.errors import (
    NotaryNotReached,
    NotaryReset,
    NotaryTimedOut,
    NotaryUnavailable,
)
from notary.client.http import HttpNotary
from notary.client.values import Commit, OutcomeKind, Register, Void
from regions.ids import new_id
from tests.notary.conftest import Process, running_notary
from tests.notary.situations import KEY, PLATFORM

BUDGET = 1.0
# What a thread that wakes up late on a busy machine may add.
SLACK = 0.3

Caught = type[NotaryUnavailable] | None


@pytest.fixture(scope="module")
def notary_process() -> Iterator[Process]:
    with running_notary() as process:
        yield process


@pytest.fixture(scope="module")
def network(notary_process: Process, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    between = Network(notary_process.port, directory=tmp_path_factory.mktemp("network"))
    between.start()
    yield between
    between.stop()


@pytest.fixture(autouse=True)
def _well_again(network: Network) -> Iterator[None]:
    network.recover()
    yield
    network.recover()


@pytest.fixture
def behind(network: Network) -> Iterator[HttpNotary]:
    """A client that has a connection open, and the notary's keys already."""
    client = HttpNotary(network.url, PLATFORM, KEY)
    client.decide([Void(id=uuid4())], budget=10)
    yield client
    client.close()


def ask(notary: HttpNotary, budget: float = BUDGET) -> Caught:
    """Which fault the client names; None for an answer. It may take no longer than the budget."""
    began = time.monotonic()
    caught: Caught = None
    try:
        notary.decide([Void(id=new_id())], budget=budget)
    except NotaryUnavailable as problem:
        caught = type(problem)
    assert time.monotonic() - began < budget + SLACK
    return caught


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ("pass", None),
        ("latency 0.3", None),
        ("latency 3", NotaryTimedOut),
        ("black_hole", NotaryTimedOut),
        ("half_open", NotaryTimedOut),
        ("reset", NotaryReset),
        ("refuse", NotaryNotReached),
        ("lose_answer", NotaryTimedOut),
        ("lose_answer 0", NotaryReset),
        ("drip", NotaryTimedOut),
    ],
)
def test_each_fault_has_its_name_within_the_budget(
    network: Network, behind: HttpNotary, fault: str, named: Caught
) -> None:
    network.be(fault)

    assert [ask(behind), ask(behind)] == [named, named]

    network.recover()
    # The first may meet a connection that the fault has left behind.
    assert None in (ask(behind), ask(behind))


def test_flapping_answers_and_times_out_in_turn(network: Network, behind: HttpNotary) -> None:
    network.be("flap 0.7")

    named, until = set(), time.monotonic() + 2.5
    while time.monotonic() < until:
        named.add(ask(behind, budget=0.5))

    assert named == {None, NotaryTimedOut}


def test_a_mixture_gives_each_request_one_of_its_faults(network: Network, behind: HttpNotary) -> None:
    network.be("mix pass pass reset")

    named = [ask(behind) for _ in range(40)]

    assert set(named) <= {None, NotaryReset}
    assert named.count(None) > 10


@pytest.mark.parametrize("fault", ["lose_answer", "lose_answer 0"])
def test_a_lost_answer_was_carried_out(
    network: Network, behind: HttpNotary, notary_process: Process, fault: str
) -> None:
    voucher, transaction = new_id(), new_id()
    behind.decide([Register(id=voucher, face=100)], budget=10)
    network.be(fault)

    with pytest.raises(NotaryUnavailable):
        behind.decide([Commit(transaction, ((voucher, 40),))], budget=BUDGET)

    found = notary_process.client().decision(transaction, budget=10)
    assert found is not None
    assert found.outcome is OutcomeKind.COMMITTED


def test_a_late_request_arrives_after_who_sent_it_has_given_up(
    network: Network, behind: HttpNotary, notary_process: Process
) -> None:
    wanted, direct = new_id(), notary_process.client()
    network.be("latency 1.5")

    with pytest.raises(NotaryTimedOut):
        behind.decide([Void(id=wanted)], budget=0.5)
    assert direct.decision(wanted, budget=10) is None

    network.recover()
    until = time.monotonic() + 5
    while direct.decision(wanted, budget=10) is None:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_an_unknown_fault_is_said_to_be_one(network: Network) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        network.be("earthquake")
