"""`manage.py drill NAME …`: incidents rehearsed on a stack of their own, and the table of what came of each."""

import json
import signal
from argparse import ArgumentParser
from collections.abc import Sequence
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from maintenance.drill.app import Resident
from maintenance.drill.programs import DidNotStart
from maintenance.drill.rehearsal import NotCalm, Plan, rehearse
from maintenance.drill.scenarios import SCENARIOS, Scenario
from maintenance.drill.stack import DrillStack
from maintenance.drill.table import as_document, as_text, misses

BOTH = "both"
POLICIES = {"stop": ("stop",), "accept": ("accept",), BOTH: ("stop", "accept")}


class Command(BaseCommand):
    help = "Rehearses an incident: a whole stack, a real fault, residents who pay all the time; exits with 1 on a miss."
    # The checks need a database, and there is none yet.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = "; ".join(f"{scenario.name}: {scenario.about}" for scenario in SCENARIOS.values())
        parser.add_argument("names", nargs="+", choices=SCENARIOS, metavar="NAME", help=names)
        parser.add_argument(
            "--policy", choices=POLICIES, help="while the notary is away (else what the drill is about)"
        )
        parser.add_argument("--rate", type=float, default=20.0, help="payments per second, all regions together")
        parser.add_argument("--residents", type=int, default=18, help="who pay, of each region")
        parser.add_argument("--fault-seconds", type=float, help="how long the fault lasts")
        parser.add_argument(
            "--settle-seconds", type=float, default=60.0, help="from the fault's end to the measurement"
        )
        parser.add_argument("--keep-logs", action="store_true", help="leave the stack's directory behind")
        parser.add_argument(
            "--json", action="store_true", dest="as_json", help="a JSON document per drill instead of the table"
        )

    def handle(self, *_args: Any, names: list[str], **options: Any) -> None:
        # So that the stack is stopped, and not left behind, when somebody ends us.
        signal.signal(signal.SIGTERM, _end)
        try:
            held = self._hold([SCENARIOS[name] for name in names], options)
        except (DidNotStart, NotCalm, TimeoutError) as problem:
            raise CommandError(f"the drill could not be held: {type(problem).__name__} {problem}") from problem
        if not held:
            raise SystemExit(1)

    def _hold(self, scenarios: Sequence[Scenario], options: dict[str, Any]) -> bool:
        """Hold the drills one after the other on one stack, and print their tables; return whether all bars held."""
        stack = DrillStack(keeps_logs=options["keep_logs"])
        self._say(f"starting a stack with three regions and two notaries in {stack.directory}")
        with stack:
            self._say("signing residents in")
            residents = stack.residents(each=options["residents"])
            missed = [scenario for scenario in scenarios if not self._hold_one(scenario, stack, residents, options)]
        return not missed

    def _hold_one(
        self, scenario: Scenario, stack: DrillStack, residents: Sequence[Resident], options: dict[str, Any]
    ) -> bool:
        plan = Plan(options["rate"], options["fault_seconds"] or scenario.fault_seconds, options["settle_seconds"])
        policies = POLICIES[options["policy"]] if options["policy"] else scenario.policies
        runs = [
            rehearse(scenario, policy, stack=stack, residents=residents, plan=plan, say=self._say)
            for policy in policies
        ]
        self.stdout.write(json.dumps(as_document(runs, plan)) if options["as_json"] else as_text(runs, plan) + "\n")
        self.stdout.flush()
        return not any(misses(run) for run in runs)

    def _say(self, sentence: str) -> None:
        self.stderr.write(sentence, self.style.NOTICE)


def _end(_signum: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)
