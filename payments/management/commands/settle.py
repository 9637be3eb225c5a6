"""`manage.py settle`: close every period that is over, as the beat does, and say whether the settlement adds up."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from payments.models import SettlementCheck
from payments.settlement.check import check_settlement
from payments.settlement.due import close_due
from regions.models import Region


class Command(BaseCommand):
    help = "Closes settlement periods that are over, adds everything up, and exits with 1 if it does not add up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check-only", action="store_true", help="close nothing, only add everything up")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_args: Any, check_only: bool, as_json: bool, **_options: Any) -> None:
        closings = [] if check_only else close_due()
        closed = [{"closing": str(closing), "statements": closing.statements.count()} for closing in closings]
        regions = Region.objects.filter(settlement_rules__isnull=False).distinct()
        checks = {region.slug: check_settlement(region) for region in regions}
        figures = {slug: _figures(check) for slug, check in checks.items()}
        if as_json:
            self.stdout.write(json.dumps({"closed": closed, "regions": figures}))
        else:
            self.stdout.writelines(f"closed {closing}\n" for closing in closed)
            self.stdout.writelines(f"{slug} {found}\n" for slug, found in figures.items())
        if any(check.difference or check.wrong_count for check in checks.values()):
            raise SystemExit(1)


def _figures(check: SettlementCheck) -> dict[str, int]:
    names = ("completed", "refunded", "stated", "open", "difference", "wrong_count")
    return {name: getattr(check, name) for name in names}
