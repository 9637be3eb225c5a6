"""When the books are compared: all the time by the log, in full when due, and at once after a restore."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.utils import timezone

from notary.client.errors import NotaryRejected, NotaryUnavailable
from payments import breaker
from payments.models import LogCursor
from payments.reconciliation.compare import compare
from payments.reconciliation.findings import Findings, Report
from payments.reconciliation.log import NotaryRestored, follow_log
from payments.reconciliation.renotarising import notarise_all_again
from regions.models import NotaryCluster

log = structlog.stdlib.get_logger(__name__)

# How long a comparison may take before another process may begin one.
COMPARE_LEASE = timedelta(seconds=300)


def follow(cluster: NotaryCluster) -> int:
    """Read on in the notary's log; make the notary whole first if it was restored from an older copy."""
    try:
        return follow_log(cluster)
    except NotaryRestored:
        log.warning("notary goes on from an older copy", cluster=cluster.slug)
        restore(cluster)
        return 0
    except (NotaryUnavailable, NotaryRejected) as problem:
        breaker.record_failure(cluster.pk, cause=breaker.cause_of(problem))
        return 0


def restore(cluster: NotaryCluster) -> Report:
    """Tell a restored notary again what it has forgotten; payments are not verified meanwhile.

    A commit that reached it now would be refused for a voucher it does not know, and a refusal is final.
    """
    breaker.distrust_restored(cluster.pk)
    findings = Findings(cluster)
    try:
        notarise_all_again(cluster, findings)
    except NotaryUnavailable as problem:
        log.warning("notary did not answer", cluster=cluster.slug, problem=type(problem).__name__)
        return findings.report
    LogCursor.objects.filter(cluster=cluster).update(compare_after=timezone.now())
    breaker.record_answer(cluster.pk, seconds=0)
    return findings.report


def compare_due(cluster: NotaryCluster) -> int:
    """Compare in full if it is time, one process at a time; return how many differences were repaired."""
    now = timezone.now()
    mine = LogCursor.objects.filter(cluster=cluster, compare_after__lte=now).update(compare_after=now + COMPARE_LEASE)
    if not mine or breaker.is_open(cluster.pk):
        return 0
    try:
        report = compare(cluster)
    except (NotaryUnavailable, NotaryRejected) as problem:
        log.warning("notary did not answer", cluster=cluster.slug, problem=type(problem).__name__)
        return 0
    again = timezone.now() + timedelta(seconds=settings.RECONCILE_INTERVAL)
    LogCursor.objects.filter(cluster=cluster).update(compare_after=again, compared_at=timezone.now())
    return len(report.repaired)
