"""Rounds, as every bench makes them: said aloud, and with the machine's load noted before each."""

import os
from collections.abc import Iterator, Mapping, Sequence

from maintenance.bench.figures import Figure, Measured, Say, Scale
from maintenance.bench.load import pay
from maintenance.bench.stack import BenchStack

WARM_UP_SECONDS = 3.0


def rounds(scale: Scale, measured: Measured, say: Say) -> Iterator[int]:
    for number in range(scale.rounds):
        measured.loads.append(os.getloadavg()[0])
        say(f"round {number + 1} of {scale.rounds}")
        yield number


def warm_up(stack: BenchStack) -> None:
    """Let every process have done everything once: imports, connections, plans."""
    pay(stack, clients=16, seconds=WARM_UP_SECONDS)


def shares_of(shares: Mapping[str, Sequence[float]]) -> list[Figure]:
    """What each process has used of one processor, in per cent."""
    return [
        Figure(f"processor_{name.replace(' ', '_')}", f"processor: {name}", [100 * share for share in found], "%")
        for name, found in shares.items()
    ]
