"""Runs of a drill as they might have been seen: a good one, to be spoilt in one respect."""

from dataclasses import replace
from typing import Any

from maintenance.drill.app import Answer
from maintenance.drill.detection import Noticed
from maintenance.drill.rehearsal import Plan, Seen
from maintenance.drill.scenarios import SCENARIOS
from maintenance.figures import Figures

BEGAN, ENDED = 1000.0, 1060.0
PLAN = Plan(rate=20, fault_seconds=60, settle_seconds=60)
CLEAN = Figures(completed=100, stuck=0, missing_histories=0, doubled_histories=0, double_spends=0, yen_drift=0)


def answer(status: int | None = 201, *, region: str = "kashima", at: float = BEGAN + 1, **more: Any) -> Answer:
    """An answer as a till hears it: by default, 支払い完了 in a quarter of a second."""
    paid = Answer("key", status, 0.25, {"status": "completed"}, region=region, resident=1, began_at=at)
    return replace(paid, **more)


def refusal(status: int = 503, code: str = "notary_unavailable", **more: Any) -> Answer:
    return answer(status, body={"code": code}, is_problem=True, **more)


def seen(*answers: Answer, drill: str = "kashima-2023", policy: str = "stop", **more: Any) -> Seen:
    """A run in which every bar held, with these answers."""
    run = Seen(
        scenario=SCENARIOS[drill],
        policy=policy,
        answers=answers or (answer(), answer(region="shiosai")),
        began_at=BEGAN,
        ended_at=ENDED,
        noticed=Noticed(regions=2.0, cause=2.0, staff_told=3.0),
        settled_after=2.5,
        locked=0,
        payers=10,
        broken_words=0,
        figures=CLEAN,
    )
    return replace(run, **more)
