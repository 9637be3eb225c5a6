"""The table of a drill, for people at 100 columns and for programs."""

import os
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any

from maintenance.drill.bars import Row, rows_for
from maintenance.drill.rehearsal import Plan, Seen

WORDS_WIDTH, FIGURE_WIDTH, BAR_WIDTH = 40, 15, 9
MISSED = "✗"


def misses(seen: Seen) -> list[str]:
    """The keys of the figures that miss their bars."""
    return [row.key for row in rows_for(seen) if row.is_missed(seen)]


def as_text(runs: Sequence[Seen], plan: Plan) -> str:
    """The table with a column for each policy, and one for 25 January 2023 where that is what was rehearsed."""
    scenario = runs[0].scenario
    past = ["2023-01-25"] if scenario.replays_2023 else []
    stands_for = " (stands for 3 h 52 min)" if past else ""
    lines = [
        f"drill {scenario.name}: {scenario.about}",
        f"{plan.rate:g} payments/s in 3 regions, of which affected: {', '.join(scenario.hit)}",
        f"fault {plan.fault_seconds:g} s{stands_for}, measured {plan.settle_seconds:g} s after its end",
        f"machine: {os.cpu_count()} cores, load {', '.join(f'{run.machine_load:.1f}' for run in runs)} as it began",
        "",
        _line("", [*past, *(run.policy for run in runs)], "wanted"),
    ]
    for row in rows_for(runs[0]):
        figures = [_cell(row, run) for run in runs]
        lines.append(_line(row.words, [*([row.in_2023] if past else []), *figures], _bar(row, runs)))
    why = [f"refused, {run.policy}: {_listed(run.refusals())}" for run in runs if run.refusals()]
    return "\n".join([*lines, "", *why, *_verdict(runs)])


def as_document(runs: Sequence[Seen], plan: Plan) -> dict[str, Any]:
    """The same for programs: every figure by its key, for every policy."""
    return {
        "drill": runs[0].scenario.name,
        "rate": plan.rate,
        "fault_seconds": plan.fault_seconds,
        "settle_seconds": plan.settle_seconds,
        "runs": [
            {
                "policy": run.policy,
                "machine_load": run.machine_load,
                "figures": {row.key: row.read(run) for row in rows_for(run)},
                "bars": {row.key: bar for row in rows_for(run) if (bar := row.bar(run)) is not None},
                "refusals": run.refusals(),
                "missed": misses(run),
            }
            for run in runs
        ],
        "held": not any(misses(run) for run in runs),
    }


def _verdict(runs: Sequence[Seen]) -> list[str]:
    missed = [f"missed, {run.policy}: {', '.join(misses(run))}" for run in runs if misses(run)]
    return missed or ["every bar held"]


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {word}" for word, number in counts.most_common())


def _cell(row: Row, run: Seen) -> str:
    figure = row.read(run)
    said = _say(figure, row.unit) if figure is not None else _absent(row, run)
    return f"{said} {MISSED}" if row.is_missed(run) else said


def _absent(row: Row, run: Seen) -> str:
    """What stands for a figure that there is none of: none was wanted, or it never came."""
    return "-" if row.bar(run) is None else "never"


def _bar(row: Row, runs: Sequence[Seen]) -> str:
    bar = next((found for run in runs if (found := row.bar(run)) is not None), None)
    if bar is None:
        return ""
    return f"{_say(bar, '')}" if not bar else f"<= {bar:g} {row.unit}".rstrip()


def _say(figure: float, unit: str) -> str:
    if isinstance(figure, float) and unit:
        return f"{figure:.2f} {unit}"
    return f"{figure:,} {unit}".rstrip()


def _line(words: str, figures: Sequence[str], bar: str) -> str:
    cells = "".join(_padded(figure, FIGURE_WIDTH, right=True) for figure in figures)
    return f"{_padded(words, WORDS_WIDTH)}{cells}{_padded(bar, BAR_WIDTH, right=True)}".rstrip()


def _padded(text: str, width: int, *, right: bool = False) -> str:
    """Filled up to so many columns; a kanji takes two."""
    taken = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    space = " " * max(0, width - taken)
    return space + text if right else text + space
