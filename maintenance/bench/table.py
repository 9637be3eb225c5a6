"""A bench's table, for people at 100 columns and for programs."""

import os
from collections.abc import Sequence
from typing import Any

from maintenance.bench.benches import Bench
from maintenance.bench.figures import Figure, Measured, Scale

WORDS_WIDTH, FIGURE_WIDTH, SPREAD_WIDTH, BAR_WIDTH = 46, 15, 21, 11
MISSED = "✗"


def as_text(bench: Bench, measured: Measured, scale: Scale) -> str:
    """The medians with their spread, and what is wanted of them."""
    low, high = min(measured.loads), max(measured.loads)
    return "\n".join(
        [
            f"bench {bench.name}: {bench.about}",
            f"{scale.rounds} rounds of {scale.seconds:g} s; {os.cpu_count()} cores, load {low:.1f} to {high:.1f}",
            *measured.notes,
            "",
            _line("", "median", "spread", "wanted"),
            *map(_row, measured.figures),
            *(["", *measured.found] if measured.found else []),
            "",
            _verdict(measured),
        ]
    )


def as_document(bench: Bench, measured: Measured, scale: Scale) -> dict[str, Any]:
    """The same for programs: every figure by its key, with every sample."""
    return {
        "bench": bench.name,
        "rounds": scale.rounds,
        "seconds": scale.seconds,
        "cores": os.cpu_count(),
        "loads": measured.loads,
        "notes": measured.notes,
        "figures": {figure.key: _figure(figure) for figure in measured.figures},
        "found": measured.found,
        "missed": measured.misses(),
        "held": not measured.misses(),
    }


def as_list(benches: Sequence[Bench]) -> str:
    return "\n".join(f"{bench.name:<12} {bench.about}" for bench in benches)


def _figure(figure: Figure) -> dict[str, Any]:
    low, high = figure.spread
    bar = figure.bar and {"at_least" if figure.bar.at_least else "at_most": figure.bar.limit}
    return {
        "median": figure.median,
        "low": low,
        "high": high,
        "samples": list(figure.samples),
        "unit": figure.unit,
        "bar": bar,
        "missed": figure.is_missed,
    }


def _verdict(measured: Measured) -> str:
    return f"missed: {', '.join(measured.misses())}" if measured.misses() else "every bar held"


def _row(figure: Figure) -> str:
    low, high = figure.spread
    mark = f" {MISSED}" if figure.is_missed else ""
    wanted = figure.bar and f"{'>=' if figure.bar.at_least else '<='} {figure.bar.limit:g}"
    said = f"{_say(figure.median)} {figure.unit}".rstrip()
    return _line(figure.words, f"{said}{mark}", f"{_say(low)} – {_say(high)}", wanted or "")


def _say(number: float) -> str:
    """Three digits say what a bench can know."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def _line(words: str, figure: str, spread: str, wanted: str) -> str:
    return f"{words:<{WORDS_WIDTH}}{figure:>{FIGURE_WIDTH}}{spread:>{SPREAD_WIDTH}}{wanted:>{BAR_WIDTH}}".rstrip()
