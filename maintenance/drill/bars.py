"""What is wanted of each figure: the rows of the table, each with its bar and what 25 January 2023 had."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maintenance.drill.app import Told
from maintenance.drill.rehearsal import Seen

Figure = float | int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. Without a bar it is only told; with one, more than the bar is a miss, and so is no figure at all."""

    key: str
    words: str
    read: Callable[[Seen], Figure]
    bar: Callable[[Seen], float | None]
    unit: str = ""
    in_2023: str = ""

    def is_missed(self, seen: Seen) -> bool:
        bar, figure = self.bar(seen), self.read(seen)
        return bar is not None and (figure is None or figure > bar)


def rows_for(seen: Seen) -> Sequence[Row]:
    """The figures that the scenario has."""
    spared = [] if not seen.of_spared() else SPARED
    left = [] if seen.differences_left is None else DIFFERENCES
    return [*NOTICED, *ANSWERS, *HIT, *spared, *AFTER, *left]


def percentile(seconds: Sequence[float], share: float) -> float | None:
    """The smallest that at least this share of them does not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


def at_most(limit: float) -> Callable[[Seen], float | None]:
    return lambda _seen: limit


def told_only(_seen: Seen) -> None:
    return None


def count(told: Told) -> Callable[[Seen], Figure]:
    return lambda seen: seen.of_hit()[told]


def refused_bar(seen: Seen) -> float | None:
    """Nothing may be refused where the region guarantees, nor where the fault concerns no payment."""
    return 0 if seen.policy == "accept" or not seen.scenario.may_stop else None


def p99(seen: Seen) -> Figure:
    return percentile([answer.seconds for answer in seen.during() if answer.region in seen.scenario.hit], 0.99)


def slowest(seen: Seen) -> Figure:
    return max((answer.seconds for answer in seen.since_fault()), default=None)


def undefined(seen: Seen) -> Figure:
    return sum(answer.told is Told.NOTHING for answer in seen.since_fault())


def disturbed(seen: Seen) -> Figure:
    told = seen.of_spared()
    return told.total() - told[Told.PAID]


NOTICED = (
    Row("regions_known", "affected regions known, exactly", lambda s: s.noticed.regions, at_most(10), "s", "36 min"),
    Row("regions_wrong", "regions called affected that were not", lambda s: len(s.noticed.wrongly), at_most(0)),
    Row("cause_known", "cause known", lambda s: s.noticed.cause, at_most(10), "s", "61 min"),
    Row(
        "staff_told",
        "staff of the region told",
        lambda s: s.noticed.staff_told,
        at_most(10),
        "s",
        "94 min",
    ),
    Row("app_says_so", "the app says it in plain words", Seen.first_plain_word, told_only, "s", "3 h 19 min"),
)
ANSWERS = (
    Row("p99", "answers: 99 of 100 within", p99, at_most(3), "s", "no answer"),
    Row("slowest", "answers: the slowest", slowest, at_most(5), "s", "no answer"),
    Row("undefined", "neither yes, no nor 確認中", undefined, at_most(0), in_2023="all of them"),
)
HIT = (
    Row("hit_paid", "affected regions, meanwhile: paid", count(Told.PAID), told_only, in_2023="some"),
    Row("hit_guaranteed", "   guaranteed, verified later", count(Told.GUARANTEED), told_only, in_2023="-"),
    Row("hit_checking", "   being checked (確認中)", count(Told.CHECKING), told_only, in_2023="-"),
    Row("hit_not_paid", "   not paid, value back by itself", count(Told.NOT_PAID), told_only, in_2023="-"),
    Row("hit_refused", "   refused at once, nothing held", count(Told.REFUSED), refused_bar, in_2023="-"),
)
SPARED = (
    Row("spared_paid", "spared regions, meanwhile: paid", lambda s: s.of_spared()[Told.PAID], told_only),
    Row("spared_disturbed", "   anything else", disturbed, at_most(0)),
)
AFTER = (
    Row("settled", "nothing of it in doubt any more after", lambda s: s.settled_after, at_most(60), "s", "35 h 35 min"),
    Row("given_back", "committed too late, given back by itself", lambda s: s.given_back, told_only, in_2023="-"),
    Row("locked", "residents still locked", lambda s: s.locked, at_most(0), in_2023="some"),
    Row("stuck", "payments stuck", lambda s: s.figures.stuck, at_most(0), in_2023="some"),
    Row("missing", "histories missing", lambda s: s.figures.missing_histories, at_most(0), in_2023="11"),
    Row("doubled", "histories doubled", lambda s: s.figures.doubled_histories, at_most(0), in_2023="-"),
    Row("double_spends", "double spends", lambda s: s.figures.double_spends, at_most(0), in_2023="-"),
    Row("yen_drift", "yen that the books differ by", lambda s: s.figures.yen_drift, at_most(0), in_2023="-"),
    Row("bad_receipts", "receipts that prove nothing", lambda s: s.bad_receipts, at_most(0), in_2023="-"),
    Row("broken_words", "answers that were not kept", lambda s: s.broken_words, at_most(0), in_2023="-"),
)
DIFFERENCES = (Row("differences", "differences left after reconciliation", lambda s: s.differences_left, at_most(0)),)
