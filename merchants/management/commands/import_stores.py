"""Creates or updates a region's stores and tills from a CSV file."""

from merchants.store_import import import_stores
from regions.csv_import import ImportResult, Progress
from regions.import_command import ImportCommand
from regions.models import Region


class Command(ImportCommand):
    help = "Creates or updates a region's stores and tills from a CSV file."

    def import_list(self, *, region: Region, data: bytes, skip_bad: bool, progress: Progress) -> ImportResult:
        return import_stores(region=region, data=data, skip_bad=skip_bad, progress=progress)
