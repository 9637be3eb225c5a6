"""Probes: alive without asking anybody, ready only with a database."""

import threading
from typing import Any

import pytest
from django.test import Client

from maintenance import readiness
from maintenance.readiness import Check, answer_of
from notary.client.errors import NotaryTimedOut


def test_alive_asks_no_database() -> None:
    # Without the mark `django_db` any query of this test would be refused.
    answer = Client().get("/livez")

    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_ready_when_the_database_answers_and_is_migrated() -> None:
    answer = Client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["ready"]
    assert answer.json()["checks"]["database"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_not_ready_while_the_database_is_away_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(readiness.CHECKS, "database", Check(lambda_named("OperationalError")))

    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert answer.json()["checks"]["database"] == "OperationalError"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("away", ["redis", "notary"])
def test_redis_and_notary_are_reported_and_decide_nothing(monkeypatch: pytest.MonkeyPatch, away: str) -> None:
    monkeypatch.setitem(readiness.CHECKS, away, Check(lambda_named("away")))

    answer = Client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["checks"][away] == "away"


@pytest.mark.django_db(transaction=True)
def test_migrations_that_are_not_applied_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pending = readiness.Migrations()
    monkeypatch.setattr(readiness.MigrationExecutor, "migration_plan", lambda *_: [("maintenance", "0099")])

    assert pending.check() == "migrations are not applied"


def test_a_check_that_hangs_is_answered_in_time_and_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "PATIENCE", 0.05)
    may_end = threading.Event()
    asked: list[int] = []

    def hang() -> str:
        asked.append(1)
        may_end.wait(10)
        return "ok"

    check = Check(hang)
    assert answer_of(check.start()).startswith("no answer")
    assert answer_of(check.start()).startswith("no answer")
    assert len(asked) == 1

    may_end.set()
    assert check.start().result(timeout=10) == "ok"


@pytest.mark.django_db
def test_a_notary_that_does_not_answer_is_named_by_what_went_wrong(notary: Any) -> None:
    notary.is_cut = True

    assert readiness.check_notary() == NotaryTimedOut.__name__


def lambda_named(answer: str) -> Any:
    def ask() -> str:
        return answer

    return ask
