"""A list of grants taken in, looked at, and agreed to by a second person; `running` carries it out."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions import approvals
from regions.csv_import import BadLine, NotReadable, Row, check_rows, read_rows
from regions.models import Approval, Region, User
from regions.yen import yen
from vouchers.errors import ListNotReady
from vouchers.grants.lines import COLUMNS, REQUIRED, GrantLine, LineChecker
from vouchers.grants.people import keys_in_use, look_up, who_has_it
from vouchers.models import Entitlement, EntitlementState, GrantList, Handover, ListState, ProgrammeBudget
from vouchers.wake import wake

KIND = "grant-list"
RUN_LISTS = "vouchers.run_grant_lists"
BATCH = 2000
SAID_AT_MOST = 5
HAD_ALREADY = {
    EntitlementState.PROPOSED: gettext_lazy("on another list that waits; nothing more is issued for it"),
    EntitlementState.OFFERED: gettext_lazy("offered before; nothing more is issued for it"),
    EntitlementState.ISSUED: gettext_lazy("issued before; nothing more is issued for it"),
    EntitlementState.DECLINED: gettext_lazy("declined before; nothing is issued for it"),
    EntitlementState.LAPSED: gettext_lazy("was not claimed in time; nothing is issued for it"),
    EntitlementState.STOPPED: gettext_lazy("stopped before; nothing is issued for it"),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, and how what is on it is to be handed over; nobody uploads what the command reads."""

    region: Region
    data: bytes
    file_name: str
    by: User | None
    handover: Handover = Handover.DIRECT


@transaction.atomic
def take_in(upload: Upload, *, now: datetime | None = None) -> GrantList:
    """Read and check the file and keep what is good on it as proposals; nothing is granted yet.

    A grant stands on one list only: lines that mean one that there is already are left out, whoever else
    hands the same file in at this moment. Raise NotReadable, with nothing kept.
    """
    at = now or timezone.now()
    region = upload.region
    rows = read_rows(upload.data, columns=COLUMNS, required=REQUIRED)
    lines, bad = check_rows(rows, LineChecker(region, look_up(region, rows), at), skip_bad=True)
    sha256 = hashlib.sha256(upload.data).hexdigest()
    used = keys_in_use(region, [line.key for line in lines])
    fresh = [line for line in lines if line.key not in used]
    had = [
        BadLine(line.number, str(HAD_ALREADY[EntitlementState(used[line.key])])) for line in lines if line.key in used
    ]
    if not rows:
        raise NotReadable(_("The file is empty."))
    warnings = [*_seen_before(region, sha256), *_doubts(region, fresh)]
    grant_list = GrantList.objects.create(
        region=region,
        file_name=upload.file_name[-200:],
        sha256=sha256,
        handover=upload.handover,
        uploaded_by=upload.by,
        uploaded_at=at,
    )
    _propose(grant_list, fresh)
    _describe(grant_list, rows, fresh, [*bad, *had], warnings)
    return grant_list


def _propose(grant_list: GrantList, lines: Sequence[GrantLine]) -> None:
    drafts = [
        Entitlement(
            region=grant_list.region,
            programme_id=line.ticket_type.programme_id,
            ticket_type=line.ticket_type,
            resident=line.resident,
            child=line.child,
            amount=line.amount,
            expires_at=line.expires_at,
            claim_until_on=line.ticket_type.programme.claim_until_on,
            basis_on=line.basis_on,
            reason=line.reason,
            grant_list=grant_list,
            line=line.number,
            key=line.key,
        )
        # In the order of the keys, so that two who hand the same file in cannot wait for each other.
        for line in sorted(lines, key=lambda line: line.key)
    ]
    Entitlement.objects.bulk_create(drafts, batch_size=BATCH, ignore_conflicts=True)


def _describe(
    grant_list: GrantList, rows: Sequence[Row], fresh: Sequence[GrantLine], bad: Sequence[BadLine], warnings: list[str]
) -> None:
    """Write down what is on the list: what the database took of the proposals is, nothing else."""
    taken = dict(grant_list.entitlements.values_list("key", "amount"))
    lost = [
        BadLine(line.number, str(HAD_ALREADY[EntitlementState.PROPOSED])) for line in fresh if line.key not in taken
    ]
    numbers = {row.number: row.values.get("resident_no", "") for row in rows}
    left_out = sorted([*bad, *lost], key=lambda line: line.number)
    grant_list.rows_count, grant_list.amount = len(taken), sum(taken.values())
    grant_list.left_out = [[line.number, numbers.get(line.number, ""), line.reason] for line in left_out]
    grant_list.warnings = [*warnings, *_over_budget(grant_list)]
    grant_list.save(update_fields=["rows_count", "amount", "left_out", "warnings"])


def _seen_before(region: Region, sha256: str) -> list[str]:
    earlier = GrantList.objects.in_region(region).filter(sha256=sha256).exclude(state=ListState.DROPPED).first()
    if earlier is None:
        return []
    day = timezone.localtime(earlier.uploaded_at, region.tz)
    return [_("The same file was uploaded on %(day)s. Nobody gets anything twice.") % {"day": f"{day:%Y-%m-%d %H:%M}"}]


def _doubts(region: Region, lines: Sequence[GrantLine]) -> list[str]:
    """What may be meant and may be a mistake; the office decides."""
    times = Counter(line.whom for line in lines)
    having = who_has_it(region, {line.ticket_type.pk for line in lines})
    doubts = (
        (_("The same person stands in the file more than once, with other words or amounts: %(lines)s"),
         [line for line in lines if times[line.whom] > 1]),
        (_("These people have a grant of this ticket type already: %(lines)s"),
         [line for line in lines if line.whom in having]),
        (_("These people, or their children, have moved out: %(lines)s"), [line for line in lines if line.has_left]),
    )  # fmt: skip
    return [sentence % {"lines": _numbers(found)} for sentence, found in doubts if found]


def _numbers(lines: Sequence[GrantLine]) -> str:
    said = ", ".join(str(line.number) for line in lines[:SAID_AT_MOST])
    return said if len(lines) <= SAID_AT_MOST else f"{said} … ({len(lines):,})"


def _over_budget(grant_list: GrantList) -> list[str]:
    sums: Counter[UUID] = Counter()
    for programme_id, amount in grant_list.entitlements.values_list("programme_id", "amount"):
        sums[programme_id] += amount
    found = []
    for row in ProgrammeBudget.objects.filter(pk__in=sums, budget__isnull=False).select_related("programme"):
        left = (row.budget or 0) - row.committed
        if sums[row.pk] > left:
            facts = {"programme": row.programme, "left": yen(left)}
            found.append(_("The budget of %(programme)s has only %(left)s left.") % facts)
    return found


def ask_for(grant_list: GrantList, *, by: User) -> Approval:
    """Ask a second person to agree to the list. Raise ListNotReady."""
    with transaction.atomic():
        if not grant_list.rows_count or not _move(grant_list.pk, ListState.PREVIEWED, ListState.ASKED):
            raise ListNotReady
        facts = {"file": grant_list.file_name, "count": f"{grant_list.rows_count:,}", "sum": yen(grant_list.amount)}
        details = {
            _("file"): grant_list.file_name,
            _("people and grants"): f"{grant_list.rows_count:,}",
            _("sum (yen)"): yen(grant_list.amount),
            _("lines left out"): f"{len(grant_list.left_out):,}",
            _("handing over"): str(grant_list.get_handover_display()),
            _("warnings"): " / ".join(grant_list.warnings) or "-",
        }
        summary = _("List of grants “%(file)s”, people: %(count)s, yen: %(sum)s") % facts
        return approvals.ask_approval(
            kind=KIND, region=grant_list.region, subject=grant_list.pk, summary=summary, by=by, details=details
        )


def drop(grant_list: GrantList) -> None:
    """Not use the list; what was proposed on it can stand on another one. Raise ListNotReady."""
    with transaction.atomic():
        if not _move(grant_list.pk, ListState.PREVIEWED, ListState.DROPPED):
            raise ListNotReady
        Entitlement.objects.filter(grant_list=grant_list, state=EntitlementState.PROPOSED).delete()


def start(grant_list_id: UUID, *, from_state: ListState, by: User | None = None) -> None:
    """Let the list be carried out, and nudge a worker after the commit. Raise ListNotReady."""
    if not _move(grant_list_id, from_state, ListState.RUNNING, approved_by=by):
        raise ListNotReady
    # Any notary's name would do: the task looks for whatever is to be carried out.
    cluster = GrantList.objects.select_related("region").get(pk=grant_list_id).region.notary_id
    transaction.on_commit(partial(wake, RUN_LISTS, cluster), robust=True)


def _move(grant_list_id: UUID, before: ListState, after: ListState, **more: object) -> bool:
    return bool(GrantList.objects.filter(pk=grant_list_id, state=before).update(state=after, **more))


def _approved(approval: Approval) -> None:
    start(approval.subject, from_state=ListState.ASKED, by=approval.decided_by)


def _refused(approval: Approval) -> None:
    _move(approval.subject, ListState.ASKED, ListState.PREVIEWED)


approvals.register(KIND, title=gettext_lazy("List of grants"), on_approved=_approved, on_refused=_refused)
