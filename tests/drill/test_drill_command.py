"""`manage.py drill` whole, on a stack of its own, and short."""

import json
import subprocess
import sys

import pytest

from config.env import BASE_DIR
from maintenance.drill.programs import inherited

pytestmark = [
    pytest.mark.stack,
    pytest.mark.timeout(400),
]

# Beside other tests the machine is busy; how long answers take is measured by `make drill`, on a quiet one.
TIMES = {"p99", "slowest"}
SHORT = ("--policy", "stop", "--fault-seconds", "8", "--settle-seconds", "20", "--residents", "4")


def test_a_short_replay_of_2023_holds_its_bars() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "drill", "kashima-2023", *SHORT, "--json"],
        cwd=BASE_DIR,
        env=inherited(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout, done.stderr
    [run] = json.loads(done.stdout)["runs"]
    assert set(run["missed"]) <= TIMES, run
    assert done.returncode == (1 if run["missed"] else 0)
    assert run["figures"]["hit_refused"] > 0
    assert run["figures"]["spared_paid"] > 0


def test_an_unknown_drill_is_refused_with_the_names() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "drill", "earthquake"],
        cwd=BASE_DIR,
        env=inherited(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "kashima-2023" in done.stderr
