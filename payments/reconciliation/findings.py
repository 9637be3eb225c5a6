"""Differences as they are found: each named once, repaired or parked, and reported."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from payments.models import Difference, DifferenceKind
from regions.models import NotaryCluster


@dataclass(slots=True)
class Report:
    """What one comparison looked at and found; `left` is what no machine could repair."""

    compared: int = 0
    repaired: list[Difference] = field(default_factory=list)
    left: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class Findings:
    """Collects the differences of one cluster; with `dry_run` nothing is written, and nothing repaired."""

    cluster: NotaryCluster
    dry_run: bool = False
    report: Report = field(default_factory=Report)

    def repaired(self, kind: DifferenceKind, source: UUID, *, region_id: UUID | None = None) -> None:
        """Note what has just been repaired, or, in a dry run, what would have been."""
        found = Difference(cluster=self.cluster, kind=kind, source=source, region_id=region_id)
        if self.dry_run:
            self.report.left.append(found)
            return
        open_already = Difference.objects.left().filter(kind=kind, source=source).first()
        found = open_already or found
        found.repaired_at = timezone.now()
        found.save()
        self.report.repaired.append(found)

    def parked(
        self,
        kind: DifferenceKind,
        source: UUID,
        *,
        why: str,
        region_id: UUID | None = None,
        ours: int | None = None,
        theirs: int | None = None,
    ) -> None:
        """Note what a person must look at, once; what a person has settled is not named again."""
        known = Difference.objects.filter(kind=kind, source=source, repaired_at__isnull=True).first()
        found = known or Difference(
            cluster=self.cluster, kind=kind, source=source, region_id=region_id, parked=why, ours=ours, theirs=theirs
        )
        if known is None and not self.dry_run:
            found.save()
        # Two comparisons may meet the same mismatch; it is one difference.
        is_named = any((left.kind, left.source) == (kind, source) for left in self.report.left)
        if found.settled_at is None and not is_named:
            self.report.left.append(found)
