"""The whole of both books compared: how long it takes, and whether exactly what was planted is found."""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from maintenance.bench.figures import Figure, Measured, Say, Scale, at_most
from maintenance.bench.notarised import notarise
from maintenance.bench.planting import Named, plant
from maintenance.bench.processes import frozen
from maintenance.bench.rounds import rounds
from maintenance.bench.stack import BenchStack

USUAL_ROWS = 100_000
SECONDS = 60.0


def measure(scale: Scale, say: Say) -> Measured:
    """Plant differences and compare, so many times; what is parked in one round is named again in the next."""
    rows = scale.rows or USUAL_ROWS
    measured = Measured(
        notes=[
            f"{rows:,} payments of 10 yen, decided by the notary over HTTP and written here by SQL",
            "planted each round: 11 lost histories (6 without entries, 5 without their state), 3 orphans, 1 amount",
            "the resolver stands still meanwhile, so that the comparison alone finds them",
        ]
    )
    seconds: list[float] = []
    wrong: list[float] = []
    parked: frozenset[Named] = frozenset()
    with BenchStack(people=scale.people) as stack, frozen(stack.pids["resolver"]):
        say(f"writing {rows:,} payments on both sides")
        notarise(stack, rows)
        for number in rounds(scale, measured, say):
            planted = plant(stack)
            parked |= planted.left
            began = time.monotonic()
            report = json.loads(stack.inside("reconcile", "--json", may_fail=True))
            seconds.append(time.monotonic() - began)
            wrong.append(len(planted.repaired ^ _named(report["repaired"])) + len(parked ^ _named(report["left"])))
            measured.found += [f"round {number + 1}: {line}" for line in _lines(report)]
    measured.figures = [
        Figure("reconcile", f"a full comparison of {rows:,} payments", seconds, "s", at_most(SECONDS)),
        Figure("wrongly_listed", "differences missed, or named wrongly", wrong, bar=at_most(0)),
    ]
    return measured


def _named(differences: Iterable[Mapping[str, Any]]) -> frozenset[Named]:
    return frozenset((found["kind"], UUID(found["source"])) for found in differences)


def _lines(report: Mapping[str, Any]) -> Iterable[str]:
    for word in ("repaired", "left"):
        for found in sorted(report[word], key=lambda found: (found["kind"], found["source"])):
            parked = f": {found['parked']}" if found["parked"] else ""
            yield f"{word} {found['kind']} {found['source']}{parked}"
