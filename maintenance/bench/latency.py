"""How long one person waits at a quiet till: from the request to a definite answer."""

from statistics import median

from maintenance.bench.figures import Figure, Measured, Say, Scale, at_most, ratios
from maintenance.bench.limits import PAYMENT, Limits
from maintenance.bench.load import LoadFailed, pay
from maintenance.bench.rounds import rounds, shares_of, warm_up
from maintenance.bench.stack import BenchStack
from maintenance.drill.bars import percentile

MEDIAN_MS, P99_MS, MULTIPLE = 25.0, 80.0, 12.0


def measure(scale: Scale, say: Say) -> Measured:
    """One client pays, by turns with one client of pgbench."""
    measured = Measured(notes=["one client, no pause between its payments"])
    ours: list[list[float]] = []
    limit: list[list[float]] = []
    shares: dict[str, list[float]] = {}
    with BenchStack(people=scale.people) as stack:
        limits = Limits(stack)
        warm_up(stack)
        for _ in rounds(scale, measured, say):
            run = pay(stack, clients=1, seconds=scale.seconds)
            if not run.latencies or run.others("completed"):
                raise LoadFailed(f"not every payment was completed: {run.answers}")
            ours.append([1000 * seconds for seconds in run.latencies])
            shares.setdefault("load generator", []).append(run.processor)
            found = limits.run(PAYMENT, clients=1, seconds=scale.seconds)
            limit.append([1000 * seconds for seconds in found.latencies])
    medians, bare = [median(found) for found in ours], [median(found) for found in limit]
    measured.figures += [
        Figure("median", "request to definite answer, median", medians, "ms", at_most(MEDIAN_MS)),
        Figure("p99", "   99 of 100 within", [percentile(found, 0.99) or 0 for found in ours], "ms", at_most(P99_MS)),
        Figure("bare", "pgbench, the same two transactions, median", bare, "ms"),
        Figure("multiple", "   multiple of that", ratios(medians, bare), bar=at_most(MULTIPLE)),
        *shares_of(shares),
    ]
    return measured
