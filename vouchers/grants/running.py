"""A list of grants carried out, batch by batch: the rows are the queue, so a killed worker's list goes on by itself."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from regions.inbox import tell
from vouchers.errors import BudgetExceeded
from vouchers.issuance import Grant, issue_grants
from vouchers.models import Entitlement, EntitlementState, GrantList, Handover, ListState

BATCH = 1000
OVER_BUDGET = "budget"
# One statement for a batch: what the ORM writes for it takes longer than all the rest.
ISSUED = """
    UPDATE vouchers_entitlement AS entitlement SET voucher_id = pair.voucher, state = 'issued', code_hash = NULL
    FROM unnest(%(entitlements)s::uuid[], %(vouchers)s::uuid[]) AS pair(id, voucher) WHERE entitlement.id = pair.id
"""


def run_lists(*, progress: Callable[[int], None] = lambda _done: None) -> int:
    """Carry out every list that was agreed to; return how many entitlements were dealt with.

    Several workers may do so at once: each takes rows that no other has. What does not go into a programme's
    budget waits, and the list says so.
    """
    return sum(run_list(pk, progress=progress) for pk in _to_run())


def _to_run() -> list[UUID]:
    return list(GrantList.objects.filter(state=ListState.RUNNING).order_by("uploaded_at").values_list("pk", flat=True))


def run_list(grant_list_id: UUID, *, progress: Callable[[int], None] = lambda _done: None) -> int:
    """Carry one list out; return how many entitlements this call has dealt with."""
    done = 0
    try:
        while count := _run_batch(grant_list_id, timezone.now()):
            done += count
            progress(done)
    except BudgetExceeded:
        GrantList.objects.filter(pk=grant_list_id).update(problem=OVER_BUDGET)
    else:
        _finish(grant_list_id)
    return done


@transaction.atomic
def _run_batch(grant_list_id: UUID, now: datetime) -> int:
    proposed = Entitlement.objects.filter(grant_list=grant_list_id, state=EntitlementState.PROPOSED).order_by("line")
    related = ("ticket_type__programme", "grant_list__region", "resident__user", "programme")
    rows = list(proposed.select_related(*related).select_for_update(of=("self",), skip_locked=True)[:BATCH])
    if not rows:
        return 0
    if rows[0].grant_list.handover == Handover.DIRECT:
        issue_entitlements(rows, now=now)
    else:
        Entitlement.objects.filter(pk__in=[row.pk for row in rows]).update(state=EntitlementState.OFFERED)
        for row in rows:
            _tell_offer(row, now)
    return len(rows)


def issue_entitlements(rows: list[Entitlement], *, now: datetime) -> None:
    """Turn locked entitlements of one region into vouchers. Raise BudgetExceeded, with nothing changed."""
    grants = [
        Grant(
            resident_id=row.resident_id,
            ticket_type=row.ticket_type,
            amount=row.amount,
            expires_at=row.expires_at,
            reason=row.reason,
            key=row.key,
        )
        for row in rows
    ]
    vouchers = issue_grants(region=rows[0].region, grants=grants, at=now)
    pairs = {"entitlements": [row.pk for row in rows], "vouchers": [voucher.pk for voucher in vouchers]}
    with connection.cursor() as cursor:
        cursor.execute(ISSUED, pairs)
    for row, voucher in zip(rows, vouchers, strict=True):
        row.voucher, row.state, row.code_hash = voucher, EntitlementState.ISSUED, None


def _finish(grant_list_id: UUID) -> None:
    # Rows that another worker holds at this moment are proposed still, and that worker finishes the list.
    left = Entitlement.objects.filter(grant_list=grant_list_id, state=EntitlementState.PROPOSED)
    if not left.exists():
        running = GrantList.objects.filter(pk=grant_list_id, state=ListState.RUNNING)
        running.update(state=ListState.DONE, finished_at=timezone.now(), problem="")


def _tell_offer(row: Entitlement, now: datetime) -> None:
    params = {"programme": row.programme.name, "amount": row.amount}
    if row.claim_until_on:
        params["until"] = row.claim_until_on.isoformat()
    link = f"/{row.grant_list.region.slug}/grants/"
    tell(resident=row.resident, kind="grant-offered", key=str(row.pk), params=params, link=link, now=now)
