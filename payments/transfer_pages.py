"""Transfer runs at the secretariat's site: made, approved, handed out, answered; each step with who took it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from payments.models import PayerAccount, Transfer, TransferRun
from payments.settlement.calendar import Roll, rolled
from payments.transfer_forms import AnswerForm, NewRunForm, PayerForm
from payments.transfer_wording import LEFT_OUT, RUN_TONES, TRANSFER_TONES, refusal
from payments.transfers.errors import TransferProblem
from payments.transfers.handing_out import hand_out
from payments.transfers.payable import Payable, payable
from payments.transfers.results import reason_of, take_result
from payments.transfers.run_file import records_of
from payments.transfers.runs import ask_for_approval, discard_run, make_run
from payments.transfers.transfer_file import fields_of
from regions.admin_base import OFFICE, RegionScopedAdmin, display
from regions.errors import ApprovalOpen
from regions.staff_site import staff_site
from regions.yen import yen

RECORDS_SHOWN = 20


class PayerAccountAdmin(RegionScopedAdmin):
    icon = "account_balance"
    form = PayerForm
    add_by = change_by = OFFICE
    list_display = ("name", "client_code", "bank_kana", "branch_kana", "is_active", "region")
    list_select_related = ("region",)
    fieldsets = (
        (None, {"fields": ["region", "name", "client_code", "client_name", "is_active"]}),
        (
            gettext_lazy("Account"),
            {"fields": ["bank_code", "bank_kana", "branch_code", "branch_kana", "kind", "account_number"]},
        ),
        (
            gettext_lazy("What the bank wants of the file"),
            {
                "fields": [
                    *("has_line_ends", "has_end_mark", "has_clearing_zeros", "has_edi", "new_code", "delivery"),
                ]
            },
        ),
    )


class TransferRunAdmin(RegionScopedAdmin):
    icon = "account_balance_wallet"
    change_list_template = "staff/transfer_runs.html"
    list_display = ("pay_on", "state_shown", "count", "total_shown", "payer", "made_by", "approved_by", "region")
    list_filter = ("region", "state", "pay_on")
    list_select_related = ("payer", "made_by", "approved_by", "region")
    fields = ("pay_on", "state_words", "count", "total_shown", "payer", "hash_shown", "region")
    readonly_fields = ("state_words", "total_shown", "hash_shown")

    @display(description=gettext_lazy("state"), label=RUN_TONES)
    def state_shown(self, run: TransferRun) -> tuple[str, str]:
        return run.state, str(run.get_state_display())

    @display(description=gettext_lazy("state"))
    def state_words(self, run: TransferRun) -> str:
        return str(run.get_state_display())

    @display(description=gettext_lazy("hash of the file"))
    def hash_shown(self, run: TransferRun) -> str:
        return format_html('<span class="house-anywhere">{}</span>', run.sha256)

    @display(description=gettext_lazy("sum"), ordering="total")
    def total_shown(self, run: TransferRun) -> str:
        return yen(run.total)

    def get_urls(self) -> list[URLPattern]:
        steps: dict[str, Callable[..., HttpResponse]] = {
            "ask": require_POST(self.ask_view),
            "discard": require_POST(self.discard_view),
            "file": require_POST(self.file_view),
            "answer": require_POST(self.answer_view),
            "bytes": self.bytes_view,
            "list": self.list_view,
        }
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"payments_transferrun_{name}")
            for name, view in steps.items()
        ]
        return [*own, *super().get_urls()]

    def _found(self, request: HttpRequest, object_id: str) -> TransferRun:
        run: TransferRun | None = self.get_object(request, object_id)
        if run is None:
            raise Http404
        return run

    def ask_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._step(request, object_id, lambda run, user: ask_for_approval(run, by=user), _("approval asked for"))

    def discard_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._step(request, object_id, lambda run, _user: discard_run(run), _("discarded"))

    def answer_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        form = AnswerForm(request.POST, request.FILES)
        if not form.is_valid():
            messages.error(request, str(form.errors["file"][0]))
            return back_to(self._found(request, object_id))
        content = form.cleaned_data["file"].read()
        return self._step(
            request, object_id, lambda run, user: take_result(run, content, by=user), _("the bank's answer taken in")
        )

    def _step(
        self, request: HttpRequest, object_id: str, step: Callable[[TransferRun, Any], Any], words: str
    ) -> HttpResponse:
        """Take a step, say what became of it, and go back to the run."""
        run = self._found(request, object_id)
        try:
            step(run, request.user)
        except TransferProblem as problem:
            messages.error(request, refusal(problem))
        except ApprovalOpen:
            messages.info(request, _("It waits for a second person already."))
        else:
            self.log_change(request, run, words)
            messages.success(request, _("Done."))
        return back_to(run)

    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The file itself; every time is kept."""
        run = self._found(request, object_id)
        user: Any = request.user
        try:
            content = hand_out(run, by=user, reason=request.POST.get("reason", ""))
        except TransferProblem as problem:
            messages.error(request, refusal(problem))
            return back_to(run)
        self.log_change(request, run, _("file handed out"))
        headers = {
            "Content-Disposition": f'attachment; filename="sofuri-{run.pay_on:%Y%m%d}.txt"',
            "Cache-Control": "no-store",
        }
        return HttpResponse(content, content_type="application/octet-stream", headers=headers)

    def bytes_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The file's records, each field with its columns and bytes, for whoever compares it with the bank's sheet."""
        run = self._found(request, object_id)
        records = records_of(run)
        shown = [*records[: RECORDS_SHOWN + 1], *records[-2:]] if len(records) > RECORDS_SHOWN + 3 else records
        context = {
            **self.admin_site.each_context(request),
            "title": _("The file, byte by byte"),
            "run": run,
            "records": [(line, fields_of(line)) for line in shown],
            "left_out": len(records) - len(shown),
        }
        return render(request, "staff/transfer_bytes.html", context)

    def list_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The transfers' numbers as a list into which results can be written by hand."""
        run = self._found(request, object_id)
        rows = ["番号,結果", *(f"{transfer.number}," for transfer in run.transfers.order_by("position"))]
        headers = {"Content-Disposition": f'attachment; filename="results-{run.pay_on:%Y%m%d}.csv"'}
        return HttpResponse(
            "\ufeff" + "\r\n".join([*rows, ""]), content_type="text/csv; charset=utf-8", headers=headers
        )


class TransferAdmin(RegionScopedAdmin):
    icon = "north_east"
    list_display = ("number_shown", "merchant", "amount_shown", "state_shown", "result_shown", "run", "region")
    list_filter = ("region", "state")
    list_select_related = ("merchant", "run", "region")
    search_fields = ("merchant__name",)
    fields = (
        "number_shown",
        "run",
        "merchant",
        "amount_shown",
        "state_words",
        "result_shown",
        "account_shown",
        "region",
    )
    readonly_fields = ("number_shown", "amount_shown", "state_words", "result_shown", "account_shown")

    @display(description=gettext_lazy("number"))
    def number_shown(self, transfer: Transfer) -> str:
        return transfer.number

    @display(description=gettext_lazy("amount"), ordering="amount")
    def amount_shown(self, transfer: Transfer) -> str:
        return yen(transfer.amount)

    @display(description=gettext_lazy("state"), label=TRANSFER_TONES)
    def state_shown(self, transfer: Transfer) -> tuple[str, str]:
        return transfer.state, str(transfer.get_state_display())

    @display(description=gettext_lazy("state"))
    def state_words(self, transfer: Transfer) -> str:
        return str(transfer.get_state_display())

    @display(description=gettext_lazy("the bank's answer"))
    def result_shown(self, transfer: Transfer) -> str:
        return reason_of(transfer.result)

    @display(description=gettext_lazy("bank account"))
    def account_shown(self, transfer: Transfer) -> str:
        return f"{transfer.bank_kana} {transfer.branch_kana} {transfer.masked_number} {transfer.holder_kana}"


def back_to(run: TransferRun) -> HttpResponse:
    return redirect(reverse("staff:payments_transferrun_change", args=[run.pk]))


def new_run_view(request: HttpRequest) -> HttpResponse:
    """What would be paid on a day, and what not and why; then the run."""
    regions = staff_site.scope_ids(request)
    payers = PayerAccount.objects.filter(region__in=regions, is_active=True).select_related("region")
    tomorrow = rolled(timezone.localdate() + timedelta(days=1), Roll.NEXT)
    data = request.POST or (request.GET if "pay_on" in request.GET else None)
    form = NewRunForm(payers, data, initial={"pay_on": tomorrow.isoformat(), "payer": payers.first()})
    if form.is_valid() and request.method == "POST":
        user: Any = request.user
        try:
            return back_to(make_run(form.cleaned_data["payer"], form.cleaned_data["pay_on"], by=user))
        except TransferProblem as problem:
            messages.error(request, refusal(problem))
    found = _looked_at(form) if form.is_valid() else None
    context = {
        **staff_site.each_context(request),
        "title": _("New transfer run"),
        "form": form,
        "has_payer": payers.exists(),
        "found": found,
        "entries": _entries(found or [], left_out=False),
        "left_out": _entries(found or [], left_out=True),
        "total": yen(sum(entry.amount for entry in found or [] if not entry.left_out)),
    }
    return render(request, "staff/transfer_new.html", context)


def _looked_at(form: NewRunForm) -> list[Payable]:
    payer, pay_on = form.cleaned_data["payer"], form.cleaned_data["pay_on"]
    return payable(payer.region, pay_on, at=timezone.now())


def _entries(found: list[Payable], *, left_out: bool) -> list[dict[str, Any]]:
    return [
        {
            "merchant": entry.merchant,
            "amount": f"{entry.amount:,}",
            "count": len(entry.statements),
            "oldest": date_format(min(statement.pay_on for statement in entry.statements), "Y/m/d"),
            "reason": LEFT_OUT[entry.left_out] if entry.left_out else "",
        }
        for entry in found
        if bool(entry.left_out) is left_out
    ]
