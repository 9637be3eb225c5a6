"""One question asked again and again: what fails, hangs or comes back is known by the second."""

import threading

import pytest

from maintenance.watch.repeated import Repeated


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Asked:
    def __init__(self) -> None:
        self.answer: object = "fine"

    def __call__(self) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def repeated(clock: Clock, asked: Asked) -> Repeated[object]:
    return Repeated("test", asked, every=1.0, clock=clock)


def test_failing_counts_from_the_first_failure_and_ends_with_an_answer(
    repeated: Repeated[object], clock: Clock, asked: Asked
) -> None:
    repeated.ask_once()
    assert (repeated.failing(), repeated.latest()) == (0.0, "fine")

    clock.now += 10
    asked.answer = OSError()
    repeated.ask_once()
    clock.now += 2
    repeated.ask_once()
    assert (repeated.failing(), repeated.latest(), repeated.well_for()) == (2.0, "fine", 0.0)

    asked.answer = "again"
    repeated.ask_once()
    clock.now += 3
    assert (repeated.failing(), repeated.latest(), repeated.well_for()) == (0.0, "again", 3.0)


def test_a_question_that_hangs_is_failing_although_nothing_was_raised(clock: Clock) -> None:
    release, entered = threading.Event(), threading.Event()

    def hang() -> None:
        entered.set()
        release.wait(10)

    repeated = Repeated("hanging", hang, every=1.0, hangs=3.0, clock=clock)
    repeated.start()
    assert entered.wait(5)
    clock.now += 2
    assert repeated.failing() == 0.0
    clock.now += 2
    assert repeated.failing() == 4.0
    repeated.stop()
    release.set()


def test_answers_of_the_last_seconds(repeated: Repeated[object], clock: Clock, asked: Asked) -> None:
    for answer in ("old", "newer", "newest"):
        asked.answer = answer
        repeated.ask_once()
        clock.now += 2
    assert repeated.since(5) == ["newer", "newest"]
