"""A web server's workers end with its main process, however that one ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.env import BASE_DIR

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death"),
]

# As the web server does it: a main process that starts workers, and kills nobody when it is killed.
SERVER = """
import multiprocessing, os, sys, time
from config.lifeline import tie_to_server

def work():
    if sys.argv[1] == "tied":
        tie_to_server()
    print(os.getpid(), flush=True)
    time.sleep(600)

multiprocessing.Process(target=work).start()
"""


def worker_outlives_killed_server(how: str) -> bool:
    server = subprocess.Popen([sys.executable, "-c", SERVER, how], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    worker = int(server.stdout.readline())

    server.kill()
    server.wait()
    server.stdout.close()

    deadline = time.monotonic() + (5 if how == "tied" else 0.5)
    while is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    if is_running(worker):
        os.kill(worker, signal.SIGKILL)
        return True
    return False


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_tied_worker_ends_with_its_server() -> None:
    assert not worker_outlives_killed_server("tied")


def test_a_worker_that_is_not_tied_goes_on_alone() -> None:
    assert worker_outlives_killed_server("free")
