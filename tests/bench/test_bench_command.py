"""`manage.py bench` whole, on stacks of its own, and as small as can be: that it measures, not what."""

import json
import os
import subprocess
import sys

import pytest

from config.env import BASE_DIR
from maintenance.bench.benches import BENCHES
from maintenance.drill.programs import inherited

SMALL = ("--rounds", "1", "--seconds", "1", "--people", "50", "--json")


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "bench", *arguments],
        cwd=BASE_DIR,
        env=inherited(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.stack
@pytest.mark.timeout(900)
@pytest.mark.skipif("HANSATSU_DRILLS" not in os.environ, reason="a long rehearsal: HANSATSU_DRILLS=1 runs it")
@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_measures_every_figure(name: str) -> None:
    done = bench(name, "--rows", "3000", *SMALL)

    assert done.stdout, done.stderr
    document = json.loads(done.stdout)
    assert document["bench"] == name
    assert all(len(figure["samples"]) == 1 for figure in document["figures"].values() if figure["bar"])
    assert "wrongly_listed" not in document["missed"]
    assert done.returncode == (1 if document["missed"] else 0)


def test_without_a_name_they_are_listed() -> None:
    done = bench()

    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(BENCHES)


def test_an_unknown_bench_is_refused() -> None:
    assert bench("sprint").returncode == 2
