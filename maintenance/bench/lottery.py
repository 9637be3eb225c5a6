"""A city's lottery by each rule: from the sealed list's bytes to the result's, and again by the public script."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from maintenance.bench.figures import Figure, Measured, Say, Scale, at_most
from maintenance.bench.rounds import rounds
from vouchers.lottery.rules import DrawBy, Rule, draw
from vouchers.lottery.sealed import Line, SealedList, read_list, sha256, write_list, write_result

USUAL_ROWS = 200_000
SECONDS = 20.0
SEED = "38915.87"
SCRIPT = Path(settings.BASE_DIR) / "docs" / "lottery" / "redraw.py"


def measure(scale: Scale, say: Say) -> Measured:
    """Applications for one or two kinds of unit, 1 to 4 of each, half of them from households, twice the stock."""
    rows = scale.rows or USUAL_ROWS
    measured = Measured(
        notes=[f"{rows:,} applications, households drawn as one, about twice as many units as there are"]
    )
    lists = {rule: write_list(_town(rows, rule)) for rule in Rule}
    ours: dict[Rule, list[float]] = {rule: [] for rule in Rule}
    again: dict[Rule, list[float]] = {rule: [] for rule in Rule}
    differing = []
    for _number in rounds(scale, measured, say):
        different = 0
        for rule, content in lists.items():
            began = time.monotonic()
            result = _draw(content)
            ours[rule].append(time.monotonic() - began)
            began = time.monotonic()
            different += _redraw(content) != result
            again[rule].append(time.monotonic() - began)
        differing.append(float(different))
    for rule in Rule:
        measured.figures += [
            Figure(f"draw_{rule}", f"drawn by the rule {rule}", ours[rule], "s", at_most(SECONDS)),
            Figure(f"redraw_{rule}", "   again by the script", again[rule], "s"),
        ]
    measured.figures.append(Figure("differing", "results that differ from the script's", differing, bar=at_most(0)))
    return measured


def _draw(content: bytes) -> bytes:
    sealed = read_list(content)
    return write_result(sealed, list_sha256=sha256(content), seed=SEED, won=draw(sealed, SEED))


def _redraw(content: bytes) -> bytes:
    with TemporaryDirectory() as folder:
        listed, out = Path(folder, "list.txt"), Path(folder, "result.txt")
        listed.write_bytes(content)
        command = [sys.executable, "-I", str(SCRIPT), str(listed), SEED, "--out", str(out)]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 our own script
        return out.read_bytes()


def _town(rows: int, rule: Rule) -> SealedList:
    lines = list(_lines(rows))
    stock = {unit: sum(line.asked for line in lines if line.unit == unit) // 2 for unit in ("common", "local")}
    return SealedList("bench/lottery", rule, DrawBy.HOUSEHOLD, "a public number", "2026-12-01", stock, lines)


def _lines(rows: int) -> Iterator[Line]:
    dice = random.Random(rows)  # noqa: S311 the same town each time
    for number in range(rows):
        household = f"H-{dice.randrange(rows // 4):08}" if dice.random() < 0.5 else ""
        for unit in dice.choice((("common",), ("local",), ("common", "local"))):
            yield Line(f"{number:010}", unit, dice.randint(1, 4), household)
