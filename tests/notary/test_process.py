"""The notary as a process: the client against the real thing, and `kill -9` at any moment."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from uuid import UUID, uuid4

import psycopg
import pytest

from notary.client.errors import NotaryNotAuthentic, NotaryRejected, NotaryUnavailable
from notary.client.http import HttpNotary
from notary.client.receipts import verify_chain, verify_receipt
from notary.client.values import Commit, Outcome, OutcomeKind, Register, SignedBatch, Void
from tests.notary.conftest import ROOT, Process
from tests.notary.situations import OTHER, OTHER_KEY, PLATFORM, kinds

pytestmark = pytest.mark.django_db(databases=["notary"])

BUDGET = 5.0


def wait_until(happened: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        Event().wait(0.02)


class TestClient:
    def test_is_told_the_same_as_over_any_other_way(self, notary_process: Process) -> None:
        notary, voucher, purchase = notary_process.client(), uuid4(), uuid4()

        outcomes = notary.decide(
            [Register(voucher, 1000), Commit(purchase, ((voucher, 400),)), Commit(uuid4(), ((voucher, 601),))],
            budget=BUDGET,
        )
        page = notary.log((outcomes[0].position or 0) - 1, 10, budget=BUDGET)

        assert kinds(outcomes) == ["registered", "committed", "refused"]
        assert notary.decide([Void(purchase)], budget=BUDGET) == [outcomes[1]]
        assert notary.decision(purchase, budget=BUDGET) == outcomes[1]
        assert [entry.outcome for entry in page.entries] == outcomes
        assert page.entries[1].request == Commit(purchase, ((voucher, 400),))
        assert notary.checkpoint(budget=BUDGET).position == page.head == page.next

    def test_learns_that_nothing_has_been_decided(self, notary_process: Process) -> None:
        assert notary_process.client().decision(uuid4(), budget=BUDGET) is None

    def test_of_another_platform_sees_nothing(self, notary_process: Process) -> None:
        purchase = uuid4()
        [outcome] = notary_process.client().decide([Void(purchase)], budget=BUDGET)
        stranger = notary_process.client(OTHER, OTHER_KEY)

        assert stranger.decision(purchase, budget=BUDGET) is None
        assert stranger.log((outcome.position or 0) - 1, 10, budget=BUDGET).entries == ()

    def test_with_another_key_gets_no_answer(self, notary_process: Process) -> None:
        with pytest.raises(NotaryNotAuthentic):
            notary_process.client(key="x" * 32).decide([], budget=BUDGET)

    def test_with_too_many_requests_is_rejected(self, notary_process: Process) -> None:
        with pytest.raises(NotaryRejected) as failure:
            notary_process.client().decide([Void(uuid4()) for _ in range(257)], budget=BUDGET)

        assert failure.value.status == 413

    def test_may_send_a_full_batch_and_what_is_invalid(self, notary_process: Process) -> None:
        voucher = uuid4()
        requests = [
            Register(voucher, 1000),
            Commit(uuid4(), ((voucher, 0),)),
            *(Void(uuid4()) for _ in range(254)),
        ]

        outcomes = notary_process.client().decide(requests, budget=BUDGET)

        assert kinds(outcomes) == ["registered", "invalid"] + ["voided"] * 254

    def test_may_be_shared_by_threads(self, notary_process: Process) -> None:
        notary, voucher = notary_process.client(), uuid4()
        notary.decide([Register(voucher, 100)], budget=BUDGET)
        outcomes: list[Outcome] = []

        def spend() -> None:
            for _ in range(5):
                outcomes.extend(notary.decide([Commit(uuid4(), ((voucher, 7),))], budget=BUDGET))

        threads = [Thread(target=spend) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(outcomes) == 30
        assert kinds(outcomes).count("committed") == 14


class TestHttp:
    def ask(self, process: Process, method: str, target: str, body: bytes = b"") -> tuple[int, dict[str, object]]:
        connection = HTTPConnection("127.0.0.1", process.port, timeout=10)
        connection.request(method, target, body)
        response = connection.getresponse()
        answer: dict[str, object] = json.loads(response.read())
        connection.close()
        return response.status, answer

    def test_health_is_for_everybody(self, notary_process: Process) -> None:
        assert self.ask(notary_process, "GET", "/livez") == (200, {"status": "ok"})
        assert self.ask(notary_process, "GET", "/readyz") == (200, {"status": "ok"})

    @pytest.mark.parametrize(
        ("method", "target", "status"),
        [
            ("POST", "/v1/decisions", 401),
            ("GET", "/v1/decisions", 405),
            ("GET", f"/v1/decisions/{UUID(int=1)}", 401),
            ("GET", "/v1/decisions/x", 404),
            ("GET", "/v1/log", 401),
            ("GET", "/v1/keys", 401),
            ("GET", "/v1/checkpoint", 401),
            ("GET", "/v1/batches", 401),
            ("GET", "/", 404),
        ],
    )
    def test_everything_else_is_a_problem_for_strangers(
        self, notary_process: Process, method: str, target: str, status: int
    ) -> None:
        answered, document = self.ask(notary_process, method, target)

        assert (answered, document["status"]) == (status, status)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    with suppress(FileNotFoundError):
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    return False


class TestKill:
    def test_of_the_main_process_leaves_nothing_and_frees_the_port(self, own_notary_process: Process) -> None:
        process = own_notary_process
        assert process.main
        children = children_of(process.main.pid)
        assert children

        process.kill()

        wait_until(lambda: not any(is_alive(child) for child in children))
        process.start()
        assert process.client().decide([Void(uuid4())], budget=BUDGET)

    def test_of_a_worker_is_answered_with_a_new_one(self, own_notary_process: Process) -> None:
        process = own_notary_process
        assert process.main
        worker = max(children_of(process.main.pid))

        os.kill(worker, signal.SIGKILL)

        def answers() -> bool:
            with suppress(NotaryUnavailable):
                return bool(process.client().decide([Void(uuid4())], budget=1))
            return False

        wait_until(answers, seconds=30)

    def test_of_its_starter_ends_it(self, own_notary_process: Process) -> None:
        process = own_notary_process
        process.stop()
        script = "import subprocess, sys; subprocess.Popen(sys.argv[1:]); input()"
        command = [sys.executable, "manage.py", "notary", "--port", str(process.port)]
        starter = subprocess.Popen(
            [sys.executable, "-c", script, *command],
            cwd=ROOT,
            env=process.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert starter.stdout is not None
        assert "listening" in starter.stdout.readline()
        [main] = children_of(starter.pid)
        family = [main, *children_of(main)]

        starter.kill()
        starter.wait()

        wait_until(lambda: not any(is_alive(pid) for pid in family))

    def test_in_the_middle_of_load_leaves_no_gap_and_loses_no_answer(self, own_notary_process: Process) -> None:
        process = own_notary_process
        voucher = uuid4()
        process.client().decide([Register(voucher, 10**9)], budget=BUDGET)
        answered: list[Outcome] = []
        over = Event()

        def load() -> None:
            notary = process.client()
            while not over.is_set():
                batch = [Commit(uuid4(), ((voucher, 1),)) for _ in range(16)]
                with suppress(NotaryUnavailable):
                    answered.extend(notary.decide(batch, budget=2))

        threads = [Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        for round_number in range(1, 4):
            wanted = len(answered) + 200
            wait_until(lambda wanted=wanted: len(answered) >= wanted, seconds=30)  # type: ignore[misc]
            process.kill()
            if round_number == 3:
                over.set()
            process.start()
        for thread in threads:
            thread.join(timeout=30)

        self.assert_log_is_whole(process, answered, voucher)

    def assert_log_is_whole(self, process: Process, answered: list[Outcome], voucher: UUID) -> None:
        notary = process.client()
        keys = {key.key_id: key.raw for key in notary.keys(budget=BUDGET)}
        logged = self.whole_log(notary)
        assert [outcome.position for outcome in logged] == list(range(1, len(logged) + 1))
        assert {outcome.id for outcome in answered} <= {outcome.id for outcome in logged}
        assert set(answered_by_id(answered).items()) <= set(answered_by_id(logged).items())
        for outcome in logged[:: max(1, len(logged) // 50)]:
            verify_receipt(outcome.receipt or {}, keys)
        with psycopg.connect(process.database_url) as connection:
            headers = connection.execute("SELECT header, signature FROM notary_batch ORDER BY number").fetchall()
            [(spent,)] = connection.execute("SELECT spent FROM notary_account").fetchall()
        chain = [
            SignedBatch(json.loads(header), signature, json.loads(header)["key_id"]) for header, signature in headers
        ]
        assert verify_chain(chain, keys) == len(logged)
        assert spent == sum(outcome.outcome == OutcomeKind.COMMITTED for outcome in logged)
        assert voucher

    def whole_log(self, notary: HttpNotary) -> list[Outcome]:
        logged: list[Outcome] = []
        after, head = 0, 1
        while after < head:
            page = notary.log(after, 1000, budget=BUDGET)
            logged.extend(entry.outcome for entry in page.entries)
            after, head = page.next, page.head
        return logged


def answered_by_id(outcomes: list[Outcome]) -> dict[UUID | None, tuple[object, ...]]:
    return {outcome.id: (outcome.outcome, outcome.position, outcome.decided_at) for outcome in outcomes}


class TestStart:
    def start(self, process: Process, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "notary", "--port", str(process.port)],
            cwd=ROOT,
            env={**process.environment, **changes},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def test_is_refused_beside_another_on_the_same_port(self, notary_process: Process) -> None:
        second = self.start(notary_process)

        assert second.returncode == 1
        assert "cannot listen" in second.stderr

    @pytest.mark.parametrize(
        "changes",
        [
            {"NOTARY_PLATFORMS": f"{PLATFORM}=short"},
            {"NOTARY_PLATFORMS": ""},
            {"NOTARY_SIGNING_KEY": "no key"},
            {"NOTARY_SIGNING_KEY": ""},
        ],
    )
    def test_is_refused_with_unsafe_settings(self, notary_process: Process, changes: dict[str, str]) -> None:
        refused = self.start(notary_process, **changes)

        assert refused.returncode == 1
        assert "CommandError" in refused.stderr

    def test_reads_its_secrets_from_files_too(self, own_notary_process: Process, tmp_path: Path) -> None:
        process = own_notary_process
        process.stop()
        for name in ("NOTARY_PLATFORMS", "NOTARY_SIGNING_KEY"):
            (tmp_path / name).write_text(process.environment.pop(name))
            process.environment[f"{name}_FILE"] = str(tmp_path / name)

        process.start()

        assert process.client().decide([Void(uuid4())], budget=BUDGET)
