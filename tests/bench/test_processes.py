"""What processes use is read from the kernel, with all that they have started."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from maintenance.bench.processes import family, frozen, processor_seconds, proportional_bytes, watching
from maintenance.drill.load import wait_until

PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"


@contextmanager
def running(code: str) -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        try:
            yield process.pid
        finally:
            for member in family(process.pid):
                os.kill(member, 9)


def test_a_family_is_the_process_and_what_it_has_started() -> None:
    with running(PARENT) as pid:
        assert wait_until(lambda: len(family(pid)) == 2, within=10)
        assert family(pid)[0] == pid


def test_the_processor_time_of_descendants_counts() -> None:
    with running(PARENT) as pid:
        assert wait_until(lambda: len(family(pid)) == 2, within=10)
        shares: dict[str, list[float]] = {}
        with watching({"busy": pid}, shares):
            time.sleep(0.5)

    assert 0 < shares["busy"][0] <= 1.2


def test_a_frozen_process_uses_nothing() -> None:
    with running("while True: pass") as pid:
        assert wait_until(lambda: processor_seconds(pid) > 0.1, within=10)
        with frozen(pid):
            time.sleep(0.05)
            before = processor_seconds(pid)
            time.sleep(0.2)
            assert processor_seconds(pid) == before
        assert wait_until(lambda: processor_seconds(pid) > before, within=10)


def test_memory_is_shared_out_and_there_is_some() -> None:
    assert proportional_bytes(os.getpid()) > 10_000_000


def test_a_process_that_has_ended_uses_nothing() -> None:
    with running("pass") as pid:
        pass

    assert processor_seconds(pid) == 0
    assert proportional_bytes(pid) == 0
