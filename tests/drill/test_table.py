"""The table stands beside the report's own figures, fits a terminal, and says what was missed."""

import json
import unicodedata
from dataclasses import replace

from maintenance.drill.detection import Noticed
from maintenance.drill.table import as_document, as_text
from tests.drill.seen import CLEAN, PLAN, answer, seen


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def row(text: str, words: str) -> list[str]:
    [line] = [line for line in text.splitlines() if line.startswith(words)]
    return line.removeprefix(words).split("  ")


def test_it_stands_beside_the_figures_of_2023_and_fits_100_columns() -> None:
    text = as_text([seen(), seen(policy="accept")], PLAN)

    assert max(map(width, text.splitlines())) <= 100
    assert "2023-01-25" in text
    assert [cell.strip() for cell in row(text, "histories missing") if cell] == ["11", "0", "0", "0"]
    assert [cell.strip() for cell in row(text, "affected regions known, exactly") if cell] == [
        "36 min", "2.00 s", "2.00 s", "<= 10 s",
    ]  # fmt: skip
    assert text.endswith("every bar held")


def test_a_drill_that_is_no_replay_has_no_column_of_2023() -> None:
    assert "2023" not in as_text([seen(drill="worker-killed")], PLAN)


def test_a_miss_is_marked_and_named() -> None:
    text = as_text([seen(), seen(policy="accept", figures=replace(CLEAN, yen_drift=40))], PLAN)

    assert [cell.strip() for cell in row(text, "yen that the books differ by") if cell] == ["-", "0", "40 ✗", "0"]
    assert text.endswith("missed, accept: yen_drift")


def test_what_never_came_says_so() -> None:
    text = as_text([seen(noticed=Noticed(2.0))], PLAN)

    assert "never ✗" in text


def test_programs_get_every_figure_by_its_key() -> None:
    document = json.loads(json.dumps(as_document([seen(), seen(answer(seconds=6), policy="accept")], PLAN)))

    [stop, accept] = document["runs"]
    assert stop["missed"] == []
    assert stop["figures"]["regions_known"] == 2.0
    assert stop["bars"]["locked"] == 0
    assert accept["missed"] == ["p99", "slowest"]
    assert document["held"] is False
