"""One drill from calm to calm: residents pay all the time, something breaks, and everything is measured."""

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg

from maintenance.drill.app import Answer, Resident, Told, Web
from maintenance.drill.detection import Noticed, affected_now, count_open_incidents, noticed
from maintenance.drill.load import Traffic, paying, wait_until
from maintenance.drill.scenarios import Scenario
from maintenance.drill.stack import DrillStack
from maintenance.figures import Figures

CALM_SECONDS = 5.0
CALM_WITHIN = 120.0
# The traffic ends so long before the books are measured, that a payment of the last moment is decided by then.
QUIET_SECONDS = 5.0
IN_DOUBT = """
    SELECT count(*) FROM payments_payment
    WHERE status IN ('pending', 'accepted', 'voiding') AND authorised_at <= to_timestamp(%s)
"""
STATUS_BY_KEY = "SELECT idempotency_key, status FROM payments_payment WHERE idempotency_key = ANY(%s)"
PAID = ("completed", "accepted", "disputed")


class NotCalm(Exception):
    """Before anything was broken the status page already called regions affected, or an incident was open."""


@dataclass(frozen=True, slots=True)
class Plan:
    rate: float
    fault_seconds: float
    settle_seconds: float


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that one run under one policy has shown. Seconds and counts."""

    scenario: Scenario
    policy: str
    answers: Sequence[Answer]
    began_at: float
    ended_at: float
    noticed: Noticed
    settled_after: float | None
    locked: int
    payers: int
    broken_words: int
    figures: Figures
    bad_receipts: int = 0
    # Committed at the notary after the till had been told otherwise, and reversed by the platform.
    given_back: int = 0
    differences_left: int | None = None
    # Of the whole machine, over the minute before: a busy one makes every answer late.
    machine_load: float = 0.0

    def during(self) -> list[Answer]:
        """What was asked between the beginning and the end of the fault."""
        return [answer for answer in self.answers if self.began_at <= answer.began_at <= self.ended_at]

    def since_fault(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.began_at >= self.began_at]

    def of_hit(self) -> Counter[Told]:
        """What was told in the affected regions during the fault."""
        return Counter(answer.told for answer in self.during() if answer.region in self.scenario.hit)

    def of_spared(self) -> Counter[Told]:
        return Counter(answer.told for answer in self.during() if answer.region not in self.scenario.hit)

    def refusals(self) -> Counter[str]:
        """Why payments of the affected regions were refused during the fault, by the API's codes."""
        refused = [a for a in self.during() if a.told is Told.REFUSED and a.region in self.scenario.hit]
        return Counter(str(answer.body.get("code")) for answer in refused)

    def first_plain_word(self) -> float | None:
        """When the first resident was told in plain words that payments have stopped."""
        said = (
            answer.began_at + answer.seconds - self.began_at
            for answer in self.during()
            if answer.told is Told.REFUSED and answer.region in self.scenario.hit
        )
        return min(said, default=None)


def rehearse(
    scenario: Scenario,
    policy: str,
    *,
    stack: DrillStack,
    residents: Sequence[Resident],
    plan: Plan,
    say: Callable[[str], None],
) -> Seen:
    """Run the scenario under the policy, and measure `settle_seconds` after the fault has ended."""
    stack.set_policy(policy, scenario.hit)
    if scenario.prepare:
        scenario.prepare(stack)
    _wait_for_calm(stack)
    given_back = stack.given_back()
    with paying(residents, per_second=plan.rate) as traffic:
        time.sleep(CALM_SECONDS)
        say(f"{scenario.name}, policy {policy}: the fault begins")
        began_at, machine_load = time.time(), os.getloadavg()[0]
        scenario.harm(stack, plan.fault_seconds)
        ended_at = time.time()
        say(f"the fault is over; measured in {plan.settle_seconds:g} s")
        settled_after = _until_settled(stack, ended_at, plan)
        left = stack.reconcile() if scenario.reconciles else None
        time.sleep(max(0.0, ended_at + plan.settle_seconds - QUIET_SECONDS - time.time()))
    time.sleep(max(0.0, ended_at + plan.settle_seconds - time.time()))
    figures = stack.figures()
    payers = _payers(traffic, residents, began_at, ended_at)
    return Seen(
        scenario=scenario,
        policy=policy,
        answers=traffic.answers,
        began_at=began_at,
        ended_at=ended_at,
        noticed=noticed(stack.database_url, since=began_at, expected=scenario.expected),
        settled_after=settled_after,
        locked=_count_locked(payers),
        payers=len(payers),
        broken_words=count_broken_words(traffic.answers, _statuses(stack, traffic)),
        figures=figures,
        bad_receipts=stack.bad_receipts(),
        given_back=stack.given_back() - given_back,
        differences_left=left,
        machine_load=machine_load,
    )


def count_broken_words(answers: Sequence[Answer], statuses: dict[str, str]) -> int:
    """Answers that the platform did not keep: told paid and is not, or told not paid and is."""
    took_back = sum(answer.says_paid and statuses.get(answer.key) not in PAID for answer in answers)
    paid_after_all = sum(answer.says_not_paid and statuses.get(answer.key) in PAID for answer in answers)
    return took_back + paid_after_all


def _wait_for_calm(stack: DrillStack) -> None:
    page = Web(stack.web)

    def is_calm() -> bool:
        return not affected_now(page) and not count_open_incidents(stack.database_url)

    if not wait_until(is_calm, within=CALM_WITHIN):
        raise NotCalm(", ".join(sorted(affected_now(page))) or "an incident is still open")


def _until_settled(stack: DrillStack, ended_at: float, plan: Plan) -> float | None:
    """Seconds until nothing that was begun before the fault's end is in doubt; None if that did not come."""
    while (waited := time.time() - ended_at) < plan.settle_seconds - QUIET_SECONDS:
        with psycopg.connect(stack.database_url) as connection:
            if connection.execute(IN_DOUBT, [ended_at]).fetchone() == (0,):
                return waited
        time.sleep(0.5)
    return None


def _payers(traffic: Traffic, residents: Sequence[Resident], began_at: float, ended_at: float) -> list[Resident]:
    """The residents who pressed 「支払う」 during the fault."""
    paid = {(a.region, a.resident) for a in traffic.answers if began_at <= a.began_at <= ended_at}
    return [resident for resident in residents if (resident.region, resident.number) in paid]


def _count_locked(payers: Sequence[Resident]) -> int:
    """How many of them cannot pay 1 yen now."""
    with ThreadPoolExecutor(4) as phones:
        answers = list(phones.map(lambda resident: resident.pay(resident.till(), 1), payers))
    return sum(not answer.says_paid for answer in answers)


def _statuses(stack: DrillStack, traffic: Traffic) -> dict[str, str]:
    keys = [answer.key for answer in traffic.answers]
    with psycopg.connect(stack.database_url) as connection:
        return dict(connection.execute(STATUS_BY_KEY, [keys]).fetchall())
