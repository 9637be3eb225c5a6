"""Completed payments per second, from the app's request to its answer, against what the database alone could do."""

from collections import Counter

from maintenance.bench.figures import Figure, Measured, Say, Scale, at_least, ratios
from maintenance.bench.limits import PAYMENT, Limits
from maintenance.bench.load import pay
from maintenance.bench.processes import watching
from maintenance.bench.rounds import rounds, shares_of, warm_up
from maintenance.bench.stack import BenchStack

CLIENTS = (1, 16, 64)
# With so many clients the share of the database's limit has a bar.
JUDGED = 16
SHARE = 0.20


def measure(scale: Scale, say: Say) -> Measured:
    """Payments with 1, 16 and 64 clients, by turns with pgbench and as many clients."""
    measured = Measured(notes=[f"{scale.people:,} wallets, sign-in by session token; 40 tills"])
    ours: dict[int, list[float]] = {clients: [] for clients in CLIENTS}
    limit: dict[int, list[float]] = {clients: [] for clients in CLIENTS}
    others: Counter[str] = Counter()
    shares: dict[str, list[float]] = {}
    with BenchStack(people=scale.people) as stack:
        limits = Limits(stack)
        warm_up(stack)
        for _ in rounds(scale, measured, say):
            for clients in CLIENTS:
                with watching(stack.pids if clients == JUDGED else {}, shares):
                    run = pay(stack, clients=clients, seconds=scale.seconds)
                ours[clients].append(run.per_second("completed"))
                others.update(run.others("completed"))
                shares.setdefault("load generator", []).append(run.processor)
                found = limits.run(PAYMENT, clients=clients, seconds=scale.seconds)
                limit[clients].append(found.per_second)
                shares.setdefault("pgbench", []).append(found.processor)
    for clients in CLIENTS:
        measured.figures += _figures(clients, ours[clients], limit[clients])
    measured.figures += shares_of(shares)
    measured.notes.append(f"answers other than paid: {dict(others) or 'none'}")
    return measured


def _figures(clients: int, ours: list[float], limit: list[float]) -> list[Figure]:
    words = f"{clients} clients" if clients > 1 else "1 client"
    bar = at_least(SHARE) if clients == JUDGED else None
    return [
        Figure(f"payments_{clients}", f"completed, {words}", ours, "/s"),
        Figure(f"limit_{clients}", f"   pgbench, {words}", limit, "/s"),
        Figure(f"share_{clients}", "   share of that limit", ratios(ours, limit), bar=bar),
    ]
