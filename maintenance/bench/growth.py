"""Whether it stays as fast when it has grown old: payments per second with full tables on both sides."""

from contextlib import ExitStack

from maintenance.bench.figures import Figure, Measured, Say, Scale, at_least, ratios
from maintenance.bench.filling import fill_decisions, fill_payments
from maintenance.bench.load import pay
from maintenance.bench.rounds import rounds, shares_of, warm_up
from maintenance.bench.stack import BenchStack

SMALL, USUAL_ROWS = 10_000, 10_000_000
CLIENTS = 16
STILL = 0.8


def measure(scale: Scale, say: Say) -> Measured:
    """16 clients by turns on two stacks whose tables differ in size alone."""
    rows = scale.rows or USUAL_ROWS
    measured = Measured(
        notes=[
            f"{rows:,} payments and as many decisions at the notary against {SMALL:,} of each, written by SQL",
            f"{CLIENTS} clients, {scale.people:,} wallets",
        ]
    )
    rates: dict[int, list[float]] = {SMALL: [], rows: []}
    shares: dict[str, list[float]] = {}
    with ExitStack() as stacks:
        sides = {size: stacks.enter_context(_filled(scale, size, say)) for size in rates}
        for stack in sides.values():
            warm_up(stack)
        for _ in rounds(scale, measured, say):
            for size, stack in sides.items():
                run = pay(stack, clients=CLIENTS, seconds=scale.seconds)
                rates[size].append(run.per_second("completed"))
                shares.setdefault("load generator", []).append(run.processor)
    measured.figures = [
        Figure("small", f"completed, {SMALL:,} of each", rates[SMALL], "/s"),
        Figure("large", f"completed, {rows:,} of each", rates[rows], "/s"),
        Figure("growth", "   share that is left", ratios(rates[rows], rates[SMALL]), bar=at_least(STILL)),
        *shares_of(shares),
    ]
    return measured


def _filled(scale: Scale, rows: int, say: Say) -> BenchStack:
    def fill(stack: BenchStack) -> None:
        say(f"writing {rows:,} payments and decisions")
        fill_payments(stack, rows)
        fill_decisions(stack, rows)

    return BenchStack(people=scale.people, prepare=fill)
