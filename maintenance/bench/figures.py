"""What a bench has measured: samples by round, their median and spread, and what is wanted of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: rounds of so many seconds each, with so many wallets; rows where a table is filled."""

    rounds: int = 5
    seconds: float = 5.0
    people: int = 10_000
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """What a median must reach, or must not exceed."""

    limit: float
    at_least: bool = False

    def is_missed_by(self, value: float) -> bool:
        return value < self.limit if self.at_least else value > self.limit


def at_least(limit: float) -> Bar:
    return Bar(limit, at_least=True)


def at_most(limit: float) -> Bar:
    return Bar(limit)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: a sample of each round. Without a bar it is only told."""

    key: str
    words: str
    samples: Sequence[float]
    unit: str = ""
    bar: Bar | None = None

    @property
    def median(self) -> float:
        return median(self.samples)

    @property
    def spread(self) -> tuple[float, float]:
        return min(self.samples), max(self.samples)

    @property
    def is_missed(self) -> bool:
        return self.bar is not None and self.bar.is_missed_by(self.median)


@dataclass
class Measured:
    """Everything that one bench has shown. `notes` say how; `list` is what was found one by one."""

    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    # Of the whole machine, over the minute before each round.
    loads: list[float] = field(default_factory=list)

    def misses(self) -> list[str]:
        return [figure.key for figure in self.figures if figure.is_missed]


def ratios(ours: Sequence[float], limits: Sequence[float]) -> list[float]:
    """Each round's own ratio: what slows the machine down in a round slows both."""
    return [our / limit for our, limit in zip(ours, limits, strict=True)]
