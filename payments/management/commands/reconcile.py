"""Compares the platform with its notaries, repairs, and tells what is left."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notary.client.errors import NotaryError
from payments.models import Difference
from payments.reconciliation.compare import compare
from payments.reconciliation.findings import Report
from regions.models import NotaryCluster, Region


class Command(BaseCommand):
    help = "Compares the platform with the notary, repairs, prints the differences; exits with 1 if any is left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", help="only the notary of this region (its identifier)")
        parser.add_argument("--since", help="list only differences of payments found since this ISO date or instant")
        parser.add_argument("--dry-run", action="store_true", help="compare and tell, change nothing")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_args: Any, **options: Any) -> None:
        reports = [self._compare(cluster, options["dry_run"]) for cluster in self._clusters(options["region"])]
        total = Report(
            compared=sum(report.compared for report in reports),
            repaired=[found for report in reports for found in report.repaired],
            left=[found for report in reports for found in report.left],
        )
        if options["as_json"]:
            self.stdout.write(json.dumps(_as_json(total)))
        else:
            self._tell(total)
        if total.left:
            raise SystemExit(1)

    def _clusters(self, slug: str | None) -> list[NotaryCluster]:
        if slug is None:
            return list(NotaryCluster.objects.all())
        region = Region.objects.filter(slug=slug).select_related("notary").first()
        if region is None:
            raise CommandError(f"there is no region {slug}")
        return [region.notary]

    def _compare(self, cluster: NotaryCluster, dry_run: bool) -> Report:
        try:
            return compare(cluster, dry_run=dry_run)
        except NotaryError as problem:
            raise CommandError(f"the notary {cluster} does not answer: {problem}") from problem

    def _tell(self, report: Report) -> None:
        self.stdout.write(f"compared {report.compared:,} payments")
        for word, differences in (("repaired", report.repaired), ("left", report.left)):
            for found in differences:
                self.stdout.write(f"{word}: {_line(found)}")
        self.stdout.write(f"differences repaired {len(report.repaired)}, left {len(report.left)}")


def _line(found: Difference) -> str:
    yen = (
        "" if found.ours is None and found.theirs is None else f", yen here {found.ours}, at the notary {found.theirs}"
    )
    return f"{found.kind} {found.source}{yen}{': ' + found.parked if found.parked else ''}"


def _as_json(report: Report) -> dict[str, Any]:
    def entry(found: Difference) -> dict[str, Any]:
        names = ("kind", "ours", "theirs", "parked")
        return {"source": str(found.source)} | {name: getattr(found, name) for name in names}

    return {
        "compared": report.compared,
        "repaired": [entry(found) for found in report.repaired],
        "left": [entry(found) for found in report.left],
    }
