"""Creates or updates a region's residents from a CSV file."""

from regions.csv_import import ImportResult, Progress
from regions.import_command import ImportCommand
from regions.models import Region
from regions.resident_import import import_residents


class Command(ImportCommand):
    help = "Creates or updates a region's residents from a CSV file."

    def import_list(self, *, region: Region, data: bytes, skip_bad: bool, progress: Progress) -> ImportResult:
        return import_residents(region=region, data=data, skip_bad=skip_bad, progress=progress)
