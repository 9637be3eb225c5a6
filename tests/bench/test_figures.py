"""A median that misses its bar is called a miss, and a round's ratio is its own."""

import json

import pytest

from maintenance.bench.benches import BENCHES
from maintenance.bench.figures import Figure, Measured, Scale, at_least, at_most, ratios
from maintenance.bench.table import as_document, as_list, as_text

BENCH = BENCHES["payments"]
SCALE = Scale(rounds=3, seconds=2)


def measured(*figures: Figure) -> Measured:
    return Measured(list(figures), notes=["a note"], found=["left amount 1"], loads=[0.5, 1.5, 1.0])


@pytest.mark.parametrize(
    ("samples", "bar", "is_missed"),
    [
        ([0.2], at_least(0.2), False),
        ([0.19], at_least(0.2), True),
        ([25.0], at_most(25), False),
        ([25.1], at_most(25), True),
        # One slow round is no miss: the machine has other things to do.
        ([20.0, 90.0, 21.0], at_most(25), False),
        ([0.0], None, False),
    ],
)
def test_the_median_is_held_against_the_bar(samples: list[float], bar: object, is_missed: bool) -> None:
    assert Figure("key", "words", samples, bar=bar).is_missed is is_missed


def test_a_ratio_is_made_round_by_round() -> None:
    assert ratios([10, 30], [100, 100]) == [0.1, 0.3]


def test_the_table_tells_median_spread_and_bar_and_names_the_misses() -> None:
    text = as_text(BENCH, measured(Figure("slow", "a figure", [1.0, 12.3, 1234.0], "ms", at_most(5))), SCALE)

    assert "3 rounds of 2 s" in text
    assert "load 0.5 to 1.5" in text
    [row] = [line for line in text.splitlines() if line.startswith("a figure")]
    assert row.split("  ")[-1].strip() == "<= 5"
    assert "12.3 ms ✗" in row
    assert "1.00 – 1,234" in row
    assert "left amount 1" in text
    assert text.endswith("missed: slow")
    assert max(map(len, text.splitlines())) <= 100


def test_a_table_without_a_miss_says_so() -> None:
    assert as_text(BENCH, measured(Figure("key", "words", [1.0])), SCALE).endswith("every bar held")


def test_programs_get_every_sample_by_its_key() -> None:
    document = json.loads(json.dumps(as_document(BENCH, measured(Figure("rate", "w", [2.0, 1.0], "/s")), SCALE)))

    assert document["figures"]["rate"] == {
        "median": 1.5,
        "low": 1.0,
        "high": 2.0,
        "samples": [2.0, 1.0],
        "unit": "/s",
        "bar": None,
        "missed": False,
    }
    assert document["held"] is True
    assert document["loads"] == [0.5, 1.5, 1.0]


def test_every_bench_is_listed_with_what_it_measures() -> None:
    listed = as_list(list(BENCHES.values()))

    assert all(bench.name in listed and bench.about in listed for bench in BENCHES.values())
    assert max(map(len, listed.splitlines())) <= 100
