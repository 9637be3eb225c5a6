"""The state of every region and function, computed from the rows at most once a second."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone

from maintenance.facts import payment_facts
from maintenance.known import known
from maintenance.levels import Function, Level, PaymentFacts, payments_level, plain_level
from maintenance.models import Incident, IncidentState, Scope, State, Window
from maintenance.refreshed import Refreshed
from maintenance.windows import closed_for
from regions.models import Region


@dataclass(frozen=True, slots=True)
class RegionStatus:
    """One region's functions and how well each works."""

    region: Region
    levels: dict[Function, Level]
    # Those that are not over, the newest first.
    incidents: Sequence[Incident] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All regions at one moment. With the database away: those last known, and nothing works."""

    at: datetime = field(default_factory=timezone.now)
    regions: Sequence[RegionStatus] = ()
    is_database_away: bool = False

    def levels(self) -> list[Level]:
        return [level for status in self.regions for level in status.levels.values()]

    def incidents(self) -> list[Incident]:
        """Every incident that is not over, once."""
        return list({incident.pk: incident for status in self.regions for incident in status.incidents}.values())

    def of(self, slug: str) -> RegionStatus | None:
        return next((status for status in self.regions if status.region.slug == slug), None)


def current_report() -> Report:
    """The report as this process knows it; never raises the database's errors."""
    report = _reports.get()
    return report if _reports.is_known() else without_database(report)


def current_windows(at: datetime) -> list[Window]:
    """Windows in force and to come, as this process knows them, in the order of their start."""
    return sorted(
        (window for window in known.get().windows if window.state(at) is not State.ENDED),
        key=lambda window: window.starts_at,
    )


def without_database(report: Report) -> Report:
    nothing = dict.fromkeys(Function, Level.MAJOR)
    regions = [replace(status, levels=nothing) for status in report.regions]
    return replace(report, at=timezone.now(), regions=regions, is_database_away=True)


def _build() -> Report:
    now = timezone.now()
    regions = list(Region.objects.select_related("notary"))
    facts = payment_facts(regions, now=now)
    incidents = list(Incident.objects.not_closed().prefetch_related("regions", "events"))
    return Report(now, [_status(region, facts[region.pk], incidents) for region in regions])


def _status(region: Region, facts: PaymentFacts, incidents: Sequence[Incident]) -> RegionStatus:
    affecting = [incident for incident in incidents if region in incident.regions.all()]
    levels = _levels(region, facts)
    # Between the last thing that went wrong and the all-clear nobody is told that all is well.
    is_troubled = any(incident.state != IncidentState.MONITORING for incident in affecting)
    if is_troubled and levels[Function.PAYMENTS] is Level.OPERATIONAL:
        levels[Function.PAYMENTS] = Level.DEGRADED
    return RegionStatus(region, levels, affecting)


def _levels(region: Region, facts: PaymentFacts) -> dict[Function, Level]:
    def is_closed(scope: Scope) -> bool:
        return closed_for(region.slug, scope) is not None

    return {
        Function.PAYMENTS: payments_level(facts, is_closed=is_closed(Scope.PAYMENTS)),
        Function.WALLET: plain_level(is_closed=is_closed(Scope.ALL)),
        # The shops' portal goes on during maintenance.
        Function.PORTAL: Level.OPERATIONAL,
        Function.SALES: plain_level(is_closed=is_closed(Scope.SALES)),
    }


_reports: Refreshed[Report] = Refreshed(_build, empty=Report())


def forget() -> None:
    """Compute anew at the next look."""
    _reports.reset()
