"""A full house refuses at once, and says when to come back by the rate that it measured."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from notary.admission import Admission
from notary.errors import Overloaded


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def house(clock: Stopwatch) -> Admission:
    return Admission(2, clock)


def stays(house: Admission, clock: Stopwatch, seconds: float, times: int = 50) -> None:
    for _ in range(times):
        with house.admitted():
            clock.seconds += seconds


@pytest.fixture
def full(house: Admission, clock: Stopwatch) -> Iterator[ExitStack]:
    with ExitStack() as inside:
        yield inside


def fill(house: Admission, inside: ExitStack) -> None:
    inside.enter_context(house.admitted())
    inside.enter_context(house.admitted())


def test_a_call_past_the_capacity_is_refused(house: Admission, full: ExitStack) -> None:
    fill(house, full)

    with pytest.raises(Overloaded), house.admitted():
        pytest.fail("it was let in")


def test_a_refused_call_takes_no_place(house: Admission, full: ExitStack) -> None:
    fill(house, full)
    for _ in range(5):
        with pytest.raises(Overloaded), house.admitted():
            pytest.fail("it was let in")

    full.close()

    fill(house, full)


def test_a_call_that_fails_gives_its_place_back(house: Admission) -> None:
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), house.admitted():
            raise ZeroDivisionError


def test_the_time_to_return_follows_the_measured_rate(house: Admission, clock: Stopwatch, full: ExitStack) -> None:
    stays(house, clock, seconds=3.0)
    fill(house, full)

    with pytest.raises(Overloaded) as slow, house.admitted():
        pytest.fail("it was let in")

    assert slow.value.retry_after == 6


def test_the_measured_rate_forgets_what_was_long_ago(house: Admission, clock: Stopwatch) -> None:
    stays(house, clock, seconds=30.0)
    stays(house, clock, seconds=0.01)

    assert house.retry_after() == 1


def test_calls_that_share_the_house_share_the_measure(clock: Stopwatch) -> None:
    house = Admission(10, clock)
    for _ in range(50):
        with house.admitted(), house.admitted():
            clock.seconds += 4.0

    with house.admitted(), house.admitted(), house.admitted():
        # The outer call stayed 4 s alone, the inner one 4 s as one of two: between 2 s and 4 s per call.
        assert 6 <= house.retry_after() <= 12


def test_the_time_to_return_has_bounds(house: Admission, clock: Stopwatch, full: ExitStack) -> None:
    assert house.retry_after() == 1
    stays(house, clock, seconds=1000.0)
    fill(house, full)

    assert house.retry_after() == 30
