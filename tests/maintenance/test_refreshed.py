"""A value read now and then: how old it may be, and what happens while the database is away."""

import threading

from django.db import OperationalError

from maintenance.refreshed import Refreshed


class Source:
    """Counts how often it is read, and can be away."""

    def __init__(self) -> None:
        self.value = "first"
        self.reads = 0
        self.is_away = False
        self.now = 100.0

    def load(self) -> str:
        self.reads += 1
        if self.is_away:
            raise OperationalError
        return self.value

    def refreshed(self) -> Refreshed[str]:
        return Refreshed(self.load, empty="nothing", clock=lambda: self.now)


def test_it_is_read_at_most_once_a_second() -> None:
    source = Source()
    value = source.refreshed()

    for _look in range(50):
        assert value.get() == "first"

    assert source.reads == 1


def test_a_change_is_seen_within_five_seconds_and_in_fact_after_one() -> None:
    source = Source()
    value = source.refreshed()
    value.get()
    source.value = "second"

    source.now += 0.9
    assert value.get() == "first"
    source.now += 0.1
    assert value.get() == "second"


def test_while_the_database_is_away_the_last_known_value_stays() -> None:
    source = Source()
    value = source.refreshed()
    value.get()
    source.is_away = True

    source.now += 60
    assert value.get() == "first"
    assert not value.is_known()


def test_a_database_that_is_away_is_not_asked_by_every_request() -> None:
    source = Source()
    source.is_away = True
    value = source.refreshed()

    for _look in range(50):
        assert value.get() == "nothing"

    assert source.reads == 1


def test_when_the_database_is_back_the_value_is_read_within_five_seconds() -> None:
    source = Source()
    source.is_away = True
    value = source.refreshed()
    value.get()

    source.is_away = False
    source.now += 3
    assert value.get() == "first"
    assert value.is_known()


def test_while_one_thread_reads_the_others_go_on_with_what_is_known() -> None:
    source = Source()
    value = source.refreshed()
    value.get()
    reading, may_end = threading.Event(), threading.Event()

    def slow() -> str:
        reading.set()
        may_end.wait(10)
        return "second"

    value._load = slow
    source.now += 2
    reader = threading.Thread(target=value.get)
    reader.start()
    reading.wait(10)
    assert value.get() == "first"

    may_end.set()
    reader.join()
    assert value.get() == "second"


def test_a_database_that_hangs_holds_up_one_thread_and_the_others_wait_once() -> None:
    source = Source()
    value = Refreshed(source.load, empty="nothing", patience=0.05, clock=lambda: source.now)
    value.get()
    reading, may_end = threading.Event(), threading.Event()

    def hang() -> str:
        reading.set()
        may_end.wait(10)
        return "second"

    value._load = hang
    source.now += 60
    reader = threading.Thread(target=value.get)
    reader.start()
    reading.wait(10)

    assert value.get() == "first"
    assert not value.is_known()
    assert not value._is_due()

    may_end.set()
    reader.join()
    assert value.get() == "second"
    assert value.is_known()
