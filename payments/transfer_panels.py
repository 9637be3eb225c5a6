"""What is shown below a transfer run: what to do next, who did what, its transfers, and who is left out."""

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import RunState, Statement, TransferRun
from payments.transfer_forms import AnswerForm
from payments.transfer_wording import LEFT_OUT, TRANSFER_TONES
from payments.transfers.payable import payable
from payments.transfers.results import reason_of
from payments.transfers.runs import APPROVAL_KIND
from regions import approvals
from regions.dashboard import Figure, RegionFigures, figures_panel
from regions.models import Approval
from regions.staff_site import staff_site
from regions.yen import yen

Panel = tuple[str, dict[str, Any]]
# More than these are looked at in the list of transfers.
SHOWN = 300


def steps_panel(request: HttpRequest, run: TransferRun) -> Panel:
    """The next step, by the run's state, and every step that was taken."""
    approval = approvals.open_approval(APPROVAL_KIND, run.pk)
    return "staff/transfer_steps.html", {
        "run": run,
        "approval": approval,
        "is_own": approval is not None and approval.requested_by_id == request.user.pk,
        "may_discard": approval is None and run.state in (RunState.DRAFT, RunState.APPROVED),
        "is_draft": run.state == RunState.DRAFT,
        "is_approved": run.state == RunState.APPROVED,
        "was_handed_out": run.state in (RunState.DOWNLOADED, RunState.REPORTED),
        "awaits_answer": run.state == RunState.DOWNLOADED,
        "answer_form": AnswerForm(),
        "history": _history(run),
    }


def _history(run: TransferRun) -> list[tuple[Any, str, str, str]]:
    """Time, what, who, and what was said."""
    taken = [(run.made_at, _("made as a draft"), str(run.made_by), "")]
    if run.approved_at:
        taken.append((run.approved_at, _("approved"), str(run.approved_by), ""))
    downloads = run.downloads.select_related("by")
    taken.extend((each.at, _("file handed out"), str(each.by), each.reason) for each in downloads)
    result = getattr(run, "result_file", None)
    if result:
        counts = _("%(paid)s paid, %(bounced)s not") % {"paid": result.paid_count, "bounced": result.bounced_count}
        taken.append((result.taken_at, _("the bank's answer taken in"), str(result.taken_by), counts))
    if run.discarded_at:
        taken.append((run.discarded_at, _("discarded"), "", ""))
    return sorted(taken, key=lambda step: step[0])


def transfers_panel(request: HttpRequest, run: TransferRun) -> Panel:
    transfers = run.transfers.select_related("merchant").order_by("position")
    rows = [
        {
            "transfer": transfer,
            "amount": f"{transfer.amount:,}",
            "state": transfer.get_state_display(),
            "tone": TRANSFER_TONES[transfer.state],
            "reason": reason_of(transfer.result) if transfer.result else "",
        }
        for transfer in transfers[:SHOWN]
    ]
    left_out = [
        (entry.merchant, f"{entry.amount:,}", LEFT_OUT[entry.left_out])
        for entry in payable(run.region, run.pay_on, at=timezone.now())
        if entry.left_out
    ]
    return "staff/transfer_list.html", {
        "rows": rows,
        "left_out": left_out,
        "more": max(run.count - SHOWN, 0),
        "listing": f"{reverse('staff:payments_transfer_changelist')}?run__id__exact={run.pk}",
    }


def approval_panel(request: HttpRequest, approval: Approval) -> Panel:
    """From the approval of a file to the run that it is about; nothing below any other approval."""
    is_ours = approval.kind == APPROVAL_KIND
    return "staff/transfer_approval.html", {"run_id": approval.subject if is_ours else None}


def payouts_panel(request: HttpRequest) -> Panel:
    """What waits to be paid out, on the first page of the secretariat's site."""
    regions = staff_site.scope(request)
    new_run = reverse("staff:transfer_new")
    rows = [RegionFigures(region, _figures(region, new_run)) for region in regions]
    columns = [_("to be paid"), _("next pay day"), _("on the way")]
    return figures_panel(title=_("Paying out"), columns=columns, rows=rows)


def _figures(region: Any, new_run: str) -> list[Figure]:
    unpaid = Statement.objects.in_region(region).unpaid().order_by("pay_on")
    total = unpaid.aggregate(yen=Sum("net"))["yen"] or 0
    first = unpaid.values_list("pay_on", flat=True).first()
    on_the_way = TransferRun.objects.in_region(region).filter(
        state__in=(RunState.DRAFT, RunState.APPROVED, RunState.DOWNLOADED)
    )
    is_late = first is not None and first < timezone.localdate()
    listing = reverse("staff:payments_transferrun_changelist")
    return [
        Figure(yen(total), url=new_run if total else ""),
        Figure(f"{first:%Y/%m/%d}" if first else "-", "warn" if is_late else "", _("it is over") if is_late else ""),
        Figure(yen(on_the_way.aggregate(yen=Sum("total"))["yen"] or 0), url=listing),
    ]
