"""A figure that misses its bar is called a miss, and a figure that nobody could take is one, too."""

from dataclasses import replace
from typing import Any

import pytest

from maintenance.drill.app import Answer, Told
from maintenance.drill.bars import percentile
from maintenance.drill.detection import Noticed
from maintenance.drill.rehearsal import count_broken_words
from maintenance.drill.table import misses
from tests.drill.seen import CLEAN, ENDED, answer, refusal, seen


def test_a_good_run_misses_nothing() -> None:
    assert misses(seen()) == []


@pytest.mark.parametrize(
    ("spoilt", "missed"),
    [
        ({"locked": 1}, "locked"),
        ({"broken_words": 1}, "broken_words"),
        ({"settled_after": None}, "settled"),
        ({"settled_after": 60.5}, "settled"),
        ({"differences_left": 1}, "differences"),
        ({"figures": replace(CLEAN, stuck=1)}, "stuck"),
        ({"figures": replace(CLEAN, missing_histories=11)}, "missing"),
        ({"figures": replace(CLEAN, doubled_histories=1)}, "doubled"),
        ({"figures": replace(CLEAN, double_spends=1)}, "double_spends"),
        ({"figures": replace(CLEAN, yen_drift=1)}, "yen_drift"),
    ],
)
def test_each_thing_that_must_be_zero_is_missed_when_it_is_not(spoilt: dict[str, Any], missed: str) -> None:
    assert misses(seen(**spoilt)) == [missed]


@pytest.mark.parametrize(
    ("noticed", "missed"),
    [
        (Noticed(10.1, 2.0, 3.0), ["regions_known"]),
        (Noticed(2.0, 2.0, 3.0, frozenset({"shiosai"})), ["regions_wrong"]),
        (Noticed(2.0), ["cause_known", "staff_told"]),
        (Noticed(), ["regions_known", "cause_known", "staff_told"]),
    ],
)
def test_what_was_not_noticed_in_time_or_not_at_all_is_missed(noticed: Noticed, missed: list[str]) -> None:
    assert misses(seen(noticed=noticed)) == missed


@pytest.mark.parametrize(
    ("spoilt", "missed"),
    [
        (answer(seconds=3.1), ["p99"]),
        (answer(seconds=5.1), ["p99", "slowest"]),
        # After the fault's end the promise of the slowest answer holds all the same.
        (answer(seconds=5.1, at=ENDED + 1), ["slowest"]),
        (answer(None, body={}), ["undefined"]),
        (answer(500, body={}), ["undefined"]),
        (answer(region="shiosai", status=202, body={"status": "pending"}), ["spared_disturbed"]),
        (refusal(region="hamanasu"), ["spared_disturbed"]),
    ],
)
def test_a_bad_answer_is_missed(spoilt: Answer, missed: list[str]) -> None:
    assert misses(seen(answer(), answer(region="shiosai"), spoilt)) == missed


def test_a_refusal_is_a_miss_only_where_the_region_guarantees_or_nothing_needs_the_notary() -> None:
    answers = answer(), answer(region="shiosai"), refusal()

    assert misses(seen(*answers)) == []
    assert misses(seen(*answers, policy="accept")) == ["hit_refused"]
    assert misses(seen(*answers, drill="redis-lost")) == ["hit_refused"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (answer(), Told.PAID),
        (answer(body={"status": "accepted"}), Told.GUARANTEED),
        (answer(body={"status": "voiding"}), Told.NOT_PAID),
        (answer(202), Told.CHECKING),
        (refusal(402, "insufficient_balance"), Told.REFUSED),
        (refusal(), Told.REFUSED),
        (answer(503, body={}), Told.NOTHING),
        (refusal(500), Told.NOTHING),
        (answer(None, body={}), Told.NOTHING),
    ],
)
def test_what_a_till_was_told(given: Answer, told: Told) -> None:
    assert given.told is told


@pytest.mark.parametrize(
    ("given", "status", "broken"),
    [
        (answer(), "completed", 0),
        (answer(), "voided", 1),
        (answer(), None, 1),
        (answer(body={"status": "accepted"}), "disputed", 0),
        (answer(202, body={"status": "pending"}), "voided", 0),
        (refusal(), None, 0),
        (refusal(), "completed", 1),
        # "Not now" says nothing about the payment: the app asks again with the same key.
        (refusal(code="unavailable"), "completed", 0),
    ],
)
def test_a_word_that_was_not_kept_is_counted(given: Answer, status: str | None, broken: int) -> None:
    assert count_broken_words([given], {} if status is None else {"key": status}) == broken


def test_a_percentile_is_one_of_the_figures() -> None:
    assert percentile([], 0.99) is None
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([float(number) for number in range(100)], 0.99) == 99.0
