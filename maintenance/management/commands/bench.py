"""`manage.py bench NAME …`: what the platform can do, measured on a stack of its own, with bars."""

import json
import signal
from argparse import ArgumentParser
from collections.abc import Sequence
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from maintenance.bench.benches import BENCHES, Bench
from maintenance.bench.drain import NotDrained
from maintenance.bench.figures import Scale
from maintenance.bench.limits import LimitNotMeasured, PgbenchMissing
from maintenance.bench.load import LoadFailed
from maintenance.bench.table import as_document, as_list, as_text
from maintenance.drill.programs import DidNotStart

USUAL = Scale()


class Command(BaseCommand):
    help = "Measures the platform: real processes, real load, medians of several rounds; exits with 1 on a miss."
    # The checks need a database, and there is none yet.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", choices=[*BENCHES, []], metavar="NAME", help="none lists what there is")
        parser.add_argument("--rounds", type=int, default=USUAL.rounds, help="of which the median is told")
        parser.add_argument("--seconds", type=float, default=USUAL.seconds, help="of each measurement in a round")
        parser.add_argument("--people", type=int, default=USUAL.people, help="whose wallets pay")
        parser.add_argument("--rows", type=int, default=USUAL.rows, help="of a filled table (else as the bench has it)")
        parser.add_argument(
            "--json", action="store_true", dest="as_json", help="a JSON document per bench instead of the table"
        )

    def handle(self, *_args: Any, names: Sequence[str], **options: Any) -> None:
        if not names:
            self.stdout.write(as_list(list(BENCHES.values())))
            return
        # So that the stack is stopped, and not left behind, when somebody ends us.
        signal.signal(signal.SIGTERM, _end)
        scale = Scale(options["rounds"], options["seconds"], options["people"], options["rows"])
        try:
            held = [self._measure(BENCHES[name], scale, as_json=options["as_json"]) for name in names]
        except (DidNotStart, LimitNotMeasured, LoadFailed, NotDrained, PgbenchMissing) as problem:
            raise CommandError(f"it could not be measured: {type(problem).__name__} {problem}") from problem
        if not all(held):
            raise SystemExit(1)

    def _measure(self, bench: Bench, scale: Scale, *, as_json: bool) -> bool:
        self._say(f"bench {bench.name}: starting the stack")
        measured = bench.measure(scale, self._say)
        document = as_document(bench, measured, scale)
        self.stdout.write(json.dumps(document) if as_json else as_text(bench, measured, scale) + "\n")
        self.stdout.flush()
        return bool(document["held"])

    def _say(self, sentence: str) -> None:
        self.stderr.write(sentence, self.style.NOTICE)


def _end(_signum: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)
