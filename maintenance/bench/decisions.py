"""The notary's decisions per second over HTTP, with proven requests and signed receipts."""

from collections import Counter
from uuid import UUID, uuid4

from maintenance.bench.figures import Figure, Measured, Say, Scale, at_least, ratios
from maintenance.bench.limits import DECISION, Limits
from maintenance.bench.load import LoadFailed, decide, vouchers_of
from maintenance.bench.processes import watching
from maintenance.bench.rounds import rounds, shares_of
from maintenance.bench.stack import PLATFORM, BenchStack
from notary.client.http import HttpNotary
from notary.client.values import Commit, OutcomeKind

BATCHES = (1, 64, 256)
# Enough that the next batch is being read while the one before is written.
CLIENTS = 4
JUDGED = 64
SHARE = 1.0


def measure(scale: Scale, say: Say) -> Measured:
    """Batches of 1, 64 and 256, by turns with single decisions by pgbench."""
    measured = Measured(
        notes=[f"{CLIENTS} connections; each decision a commit on one of {2 * scale.people:,} vouchers"]
    )
    ours: dict[int, list[float]] = {batch: [] for batch in BATCHES}
    limit: list[float] = []
    others: Counter[str] = Counter()
    shares: dict[str, list[float]] = {}
    with BenchStack(people=scale.people) as stack:
        limits = Limits(stack)
        _check_a_receipt(stack)
        for _ in rounds(scale, measured, say):
            for batch in BATCHES:
                with watching({"notary": stack.pids["notary"]} if batch == JUDGED else {}, shares):
                    run = decide(stack, batch=batch, clients=CLIENTS, seconds=scale.seconds)
                ours[batch].append(run.per_second("committed"))
                others.update(run.others("committed"))
                shares.setdefault("load generator", []).append(run.processor)
            limit.append(limits.run(DECISION, clients=CLIENTS, seconds=scale.seconds).per_second)
    measured.figures.append(Figure("limit", "pgbench, single decisions", limit, "/s"))
    for batch in BATCHES:
        bar = at_least(SHARE) if batch == JUDGED else None
        measured.figures += [
            Figure(f"decisions_{batch}", f"decisions in batches of {batch}", ours[batch], "/s"),
            Figure(f"share_{batch}", "   against pgbench's", ratios(ours[batch], limit), bar=bar),
        ]
    measured.figures += shares_of(shares)
    measured.notes.append(f"answers other than committed: {dict(others) or 'none'}")
    return measured


def _check_a_receipt(stack: BenchStack) -> None:
    """The generator believes what it reads; one batch is checked to its last signature."""
    client = HttpNotary(stack.notary, PLATFORM, stack.key)
    commits = [Commit(uuid4(), ((UUID(voucher), 1),)) for voucher in vouchers_of(stack)[:JUDGED]]
    outcomes = client.decide(commits, budget=5.0)
    client.close()
    if any(outcome.outcome is not OutcomeKind.COMMITTED for outcome in outcomes):
        raise LoadFailed("the notary does not commit on the town's vouchers")
