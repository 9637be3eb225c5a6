"""What the platform takes of a machine's memory while nothing happens, the database server apart."""

import time

from maintenance.bench.figures import Figure, Measured, Say, Scale, at_most
from maintenance.bench.processes import proportional_bytes
from maintenance.bench.rounds import rounds, warm_up
from maintenance.bench.stack import BenchStack

MEGABYTES = 600.0
QUIET_SECONDS = 5.0
# A database server is sized by whoever runs it.
LEFT_OUT = "postgres"


def measure(scale: Scale, say: Say) -> Measured:
    """PSS of all our processes together, after they have worked and then rested."""
    measured = Measured(notes=["PSS, after a few seconds of payments and a rest; the launcher counts, PostgreSQL not"])
    samples: dict[str, list[float]] = {}
    with BenchStack(people=min(scale.people, 100)) as stack:
        warm_up(stack)
        servers = stack.pids
        for _ in rounds(scale, measured, say):
            time.sleep(QUIET_SECONDS)
            every = {name: proportional_bytes(pid) / 1e6 for name, pid in servers.items()}
            every["launcher"] = proportional_bytes(stack.launcher.pid) / 1e6 - sum(every.values())
            for name, megabytes in every.items():
                samples.setdefault(name, []).append(megabytes)
    ours = {name: found for name, found in samples.items() if name != LEFT_OUT}
    together = [sum(found) for found in zip(*ours.values(), strict=True)]
    measured.figures = [
        Figure("memory", "all our processes together", together, "MB", at_most(MEGABYTES)),
        *(Figure(f"memory_{name}", f"   {name}", found, "MB") for name, found in ours.items()),
    ]
    return measured
