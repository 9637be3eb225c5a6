"""What the three import commands share: a file, a region, and how the result is told."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from regions.csv_import import FILE_BYTES_MAX, BadLine, ImportResult, LinesRejected, NotReadable, Progress
from regions.models import Region


class ImportCommand(BaseCommand):
    """A command `NAME FILE --region SLUG [--skip-bad]` around one import use-case."""

    def import_list(self, *, region: Region, data: bytes, skip_bad: bool, progress: Progress) -> ImportResult:
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV in UTF-8 or CP932, English or Japanese headers")
        parser.add_argument("--region", required=True, help="the region's identifier, such as kashima")
        parser.add_argument("--skip-bad", action="store_true", help="write the good lines, name the bad ones")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            result = self.import_list(
                region=self._region(options["region"]),
                data=self._read(options["file"]),
                skip_bad=options["skip_bad"],
                progress=self.stderr.write,
            )
        except NotReadable as problem:
            raise CommandError(str(problem)) from problem
        except LinesRejected as problem:
            self._name(problem.bad)
            raise CommandError(f"{len(problem.bad)} bad lines; nothing was written") from problem
        self._name(result.bad)
        self.stdout.write(
            f"created {result.created:,}, changed {result.changed:,}, unchanged {result.unchanged:,}, "
            f"bad {len(result.bad):,}"
        )

    def _name(self, bad: list[BadLine]) -> None:
        for line in bad:
            self.stderr.write(f"line {line.number}: {line.reason}")

    def _region(self, slug: str) -> Region:
        region = Region.objects.filter(slug=slug).first()
        if region is None:
            raise CommandError(f"there is no region {slug}")
        return region

    def _read(self, path: Path) -> bytes:
        try:
            # Looked at before it is read: nobody waits for a gigabyte to be refused.
            if path.stat().st_size > FILE_BYTES_MAX:
                raise CommandError(f"{path} is larger than {FILE_BYTES_MAX // 1_000_000} MB")
            return path.read_bytes()
        except OSError as problem:
            raise CommandError(f"{path} cannot be read: {problem.strerror}") from problem
