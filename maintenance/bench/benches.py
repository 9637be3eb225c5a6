"""The table of benches: what each measures, and how."""

from collections.abc import Callable
from dataclasses import dataclass

from maintenance.bench import decisions, drain, growth, history, latency, lottery, memory, payments, reconcile, settle
from maintenance.bench.figures import Measured, Say, Scale


@dataclass(frozen=True, slots=True)
class Bench:
    name: str
    about: str
    measure: Callable[[Scale, Say], Measured]


BENCHES = {
    bench.name: bench
    for bench in (
        Bench("payments", "completed payments per second, against the database's own limit", payments.measure),
        Bench("latency", "how long one person waits, from the request to a definite answer", latency.measure),
        Bench("notary", "the notary's decisions per second, against single ones by the database", decisions.measure),
        Bench("drain", "after an outage, until everything that it left in doubt is final", drain.measure),
        Bench("history", "histories and the staff's search in a table of millions, and of thousands", history.measure),
        Bench("growth", "payments per second when both sides' tables are full", growth.measure),
        Bench("reconcile", "both books compared in full, with differences planted before", reconcile.measure),
        Bench("lottery", "a city's lottery drawn by each rule, and drawn again by the public script", lottery.measure),
        Bench("settle", "a period of hundreds of stores closed into statements, and added up", settle.measure),
        Bench("memory", "what all processes together take while nothing happens", memory.measure),
    )
}
