"""How processes are started, looked after and stopped, shown on small ones."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.stack import child as child_module
from config.stack.errors import ProcessFailed
from config.stack.service import ALIVE, Ready, Service, survives
from config.stack.supervisor import StopRequested, Supervisor

pytestmark = pytest.mark.timeout(60)

SLEEP = "import time; time.sleep(600)"


def script(name: str, code: str, *, ready: Ready = ALIVE) -> Service:
    return Service(name=name, argv=[sys.executable, "-c", code], env=dict(os.environ), ready=ready)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(log_dir=tmp_path)
    yield supervisor
    supervisor.stop()


def watch(supervisor: Supervisor, *, until: str) -> list[str]:
    """Watch until the words were said."""
    said: list[str] = []

    def hear(sentence: str) -> None:
        said.append(sentence)
        supervisor.is_stopping = until in sentence

    with pytest.raises(StopRequested):
        supervisor.watch(hear)
    return said


def test_a_process_that_ends_at_its_start_is_shown_with_the_end_of_its_log(supervisor: Supervisor) -> None:
    supervisor.start(script("web", "import sys; print('no such module'); sys.exit(3)", ready=survives(60)))

    with pytest.raises(ProcessFailed, match=r"(?s)web ended .*exit code 3.*no such module"):
        supervisor.wait_until_ready()


def test_a_process_that_does_not_answer_in_time_is_named(supervisor: Supervisor) -> None:
    supervisor.start(script("web", SLEEP, ready=lambda _alive_for: False))

    with pytest.raises(ProcessFailed, match=r"web did not answer within 0\.2 s"):
        supervisor.wait_until_ready(timeout=0.2)


def test_the_log_of_an_earlier_run_is_not_shown(supervisor: Supervisor, tmp_path: Path) -> None:
    (tmp_path / "demo.log").write_text("of yesterday\n")

    with pytest.raises(ProcessFailed) as failure:
        supervisor.run(script("demo", "raise SystemExit('of today')"))
    assert "of today" in str(failure.value)
    assert "of yesterday" not in str(failure.value)


def test_pauses_between_restarts_double_up_to_ten_seconds(supervisor: Supervisor) -> None:
    supervisor.start(script("worker", SLEEP))
    worker = supervisor.children[0]

    assert [worker.next_pause() for _ in range(7)] == [0.5, 1, 2, 4, 8, 10, 10]


def test_pauses_are_short_again_after_a_steady_life(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor.start(script("worker", SLEEP))
    worker = supervisor.children[0]
    assert [worker.next_pause(), worker.next_pause()] == [0.5, 1]

    monkeypatch.setattr(child_module, "STEADY_AFTER", -1)

    assert worker.next_pause() == 0.5


def test_a_process_that_crashes_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(script("worker", "print('started', flush=True); import os; os.kill(os.getpid(), 9)"))

    said = watch(supervisor, until="in 1 s")

    assert "worker ended (signal SIGKILL); starting it again in 0.5 s" in said[0]
    assert (tmp_path / "worker.log").read_text() == "started\n" * 2


def test_what_a_crashed_process_left_behind_is_ended_before_it_starts_again(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    grandchild = tmp_path / "grandchild"
    supervisor.start(
        script(
            "web",
            f"import os, subprocess, sys; p = subprocess.Popen([sys.executable, '-c', '{SLEEP}']);"
            f"open('{grandchild}', 'w').write(str(p.pid)); os.kill(os.getpid(), 9)",
        )
    )

    watch(supervisor, until="starting it again")

    deadline = time.monotonic() + 5
    while is_running(int(grandchild.read_text())):
        assert time.monotonic() < deadline


def test_a_request_to_stop_interrupts_a_command_that_runs(supervisor: Supervisor) -> None:
    supervisor.is_stopping = True

    started_at = time.monotonic()
    with pytest.raises(StopRequested):
        supervisor.run(script("migrate", SLEEP))
    assert time.monotonic() - started_at < 5


def polite(name: str, directory: Path) -> Service:
    """A process that writes its name when it is asked to stop."""
    code = (
        "import signal, time\n"
        f"def leave(*_): open('{directory}/order', 'a').write('{name} '); raise SystemExit\n"
        "signal.signal(signal.SIGTERM, leave); print('up', flush=True); time.sleep(600)"
    )
    log = directory / f"{name}.log"
    return script(name, code, ready=lambda _alive_for: log.stat().st_size > 0)


def test_everything_stops_in_the_reverse_order_of_its_start(supervisor: Supervisor, tmp_path: Path) -> None:
    for name in ("postgres", "notary", "web"):
        supervisor.start(polite(name, tmp_path))
    supervisor.wait_until_ready()

    supervisor.stop()

    assert (tmp_path / "order").read_text() == "web notary postgres "


def test_a_process_that_does_not_stop_is_killed(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "STOP_PATIENCE", 0.2)
    log = tmp_path / "worker.log"
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); {SLEEP}"
    supervisor.start(script("worker", deaf, ready=lambda _alive_for: log.stat().st_size > 0))
    supervisor.wait_until_ready()
    worker = supervisor.children[0]

    supervisor.stop()

    assert worker.how_it_ended() == f"signal {signal.SIGKILL.name}"


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
