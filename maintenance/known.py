"""The windows as this process knows them: read from PostgreSQL at most once a second, kept while it is away."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from maintenance.models import Window
from maintenance.refreshed import Refreshed
from regions.models import Region


@dataclass(frozen=True, slots=True)
class Known:
    """Windows in force and to come, and the regions that the closed sign may have to name."""

    windows: tuple[Window, ...] = ()
    regions: Mapping[str, Region] = field(default_factory=dict)


def _load() -> Known:
    windows = tuple(Window.objects.not_closed().select_related("region"))
    # A window of one region brings its region along; only one of all regions needs all of them.
    everywhere = any(window.region_id is None for window in windows)
    regions = list(Region.objects.all()) if everywhere else [w.region for w in windows if w.region]
    return Known(windows, {region.slug: region for region in regions})


known: Refreshed[Known] = Refreshed(_load, empty=Known())
