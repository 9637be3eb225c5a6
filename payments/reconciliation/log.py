"""The notary's log, followed from a cursor: a lost answer is found without anyone asking for it."""

from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone

from notary.client.values import LogEntry, LogPage
from payments import breaker, outcomes
from payments.claims import load_in_doubt
from payments.models import LogCursor
from regions.models import NotaryCluster
from vouchers.notaries import notary_of

PAGE = 256


class NotaryRestored(Exception):
    """The last entry that was read is no longer in the log: the notary goes on from an older copy."""


def follow_log(cluster: NotaryCluster) -> int:
    """Read the next page and write what it decides; return how many payments became final by it.

    The cursor moves on after the writing, so a page is read again rather than missed. Raise
    NotaryRestored, with the cursor where it was, if the log is not the one that was read before.
    """
    if breaker.is_open(cluster.pk):
        return 0
    cursor, _made = LogCursor.objects.get_or_create(cluster=cluster)
    # One entry back: what was seen last must still be there.
    after = max(cursor.last_position - 1, 0)
    page = notary_of(cluster).log(after, PAGE, budget=settings.NOTARY_BUDGET)
    fresh = _check(cursor, page)
    settled = write_decided(cluster, fresh)
    _move(cursor, page, fresh)
    return settled


def write_decided(cluster: NotaryCluster, entries: Sequence[LogEntry]) -> int:
    """Write the outcomes of those payments that are still in doubt here."""
    decided = {entry.outcome.id: entry.outcome for entry in entries if entry.outcome.id}
    return outcomes.write([(payment, decided[payment.id]) for payment in load_in_doubt(list(decided))])


def _check(cursor: LogCursor, page: LogPage) -> Sequence[LogEntry]:
    if cursor.last_id is None:
        return page.entries
    first = page.entries[0] if page.entries else None
    if first is None or first.outcome.id != cursor.last_id or page.head < cursor.position:
        raise NotaryRestored
    return page.entries[1:]


def _move(cursor: LogCursor, page: LogPage, fresh: Sequence[LogEntry]) -> None:
    if fresh:
        last = fresh[-1].outcome
        cursor.last_position, cursor.last_id = last.position or 0, last.id
    cursor.position, cursor.read_at = max(page.next, cursor.position), timezone.now()
    cursor.save(update_fields=["position", "last_position", "last_id", "read_at"])
