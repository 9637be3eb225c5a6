"""What the measured processes use: processor time and memory, each with all that it has started."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from maintenance.drill.programs import children_of

TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """The process and everything that it has started, and they in turn."""
    return [pid, *(member for child in children_of(pid) for member in family(child))]


def processor_seconds(pid: int) -> float:
    """Processor time of the process and of its descendants that are alive, in seconds."""
    return sum(map(_ticks, family(pid))) / TICKS


@contextmanager
def watching(pids: Mapping[str, int], shares: dict[str, list[float]]) -> Iterator[None]:
    """Add to `shares`, by name, what share of one processor each has used while the block ran."""
    before, began = {name: processor_seconds(pid) for name, pid in pids.items()}, time.monotonic()
    yield
    elapsed = time.monotonic() - began
    for name, pid in pids.items():
        shares.setdefault(name, []).append((processor_seconds(pid) - before[name]) / elapsed)


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """The process and what it has started neither answer nor end while the block runs."""
    members = family(pid)
    for member in members:
        os.kill(member, signal.SIGSTOP)
    try:
        yield
    finally:
        for member in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, signal.SIGCONT)


def proportional_bytes(pid: int) -> int:
    """PSS of the process and its descendants: what is shared counts by its share."""
    return sum(map(_pss, family(pid)))


def _ticks(pid: int) -> int:
    with contextlib.suppress(OSError):
        # The name of the program stands in brackets and may hold spaces; user and system time are fields 14 and 15.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
