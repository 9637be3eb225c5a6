"""`manage.py drill NAME`: an incident rehearsed on a stack of its own, and the table of what came of it."""

import json
import signal
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from maintenance.drill.programs import DidNotStart
from maintenance.drill.rehearsal import NotCalm, Plan, Seen, rehearse
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
        parser.add_argument("name", choices=SCENARIOS, metavar="NAME", help=names)
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
            "--json", action="store_true", dest="as_json", help="one JSON document instead of the table"
        )

    def handle(self, *_args: Any, name: str, as_json: bool, **options: Any) -> None:
        # So that the stack is stopped, and not left behind, when somebody ends us.
        signal.signal(signal.SIGTERM, _end)
        scenario = SCENARIOS[name]
        plan = Plan(options["rate"], options["fault_seconds"] or scenario.fault_seconds, options["settle_seconds"])
        policies = POLICIES[options["policy"]] if options["policy"] else scenario.policies
        try:
            with self._stack(options["keep_logs"]) as stack:
                runs = self._rehearse(stack, scenario, policies, plan, each=options["residents"])
        except (DidNotStart, NotCalm, TimeoutError) as problem:
            raise CommandError(f"the drill could not be held: {type(problem).__name__} {problem}") from problem
        if as_json:
            self.stdout.write(json.dumps(as_document(runs, plan)))
        else:
            self.stdout.write(as_text(runs, plan))
        if any(misses(run) for run in runs):
            raise SystemExit(1)

    def _stack(self, keeps_logs: bool) -> DrillStack:
        stack = DrillStack(keeps_logs=keeps_logs)
        self._say(f"starting a stack with three regions and two notaries in {stack.directory}")
        return stack

    def _rehearse(
        self, stack: DrillStack, scenario: Scenario, policies: tuple[str, ...], plan: Plan, *, each: int
    ) -> list[Seen]:
        self._say("signing residents in")
        residents = stack.residents(each=each)
        return [
            rehearse(scenario, policy, stack=stack, residents=residents, plan=plan, say=self._say)
            for policy in policies
        ]

    def _say(self, sentence: str) -> None:
        self.stderr.write(sentence, self.style.NOTICE)


def _end(_signum: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)
