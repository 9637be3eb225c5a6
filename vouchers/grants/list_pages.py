"""Lists of grants at the secretariat's site: uploaded, looked at, asked for, watched while they are carried out."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.admin_base import NOBODY, OFFICE, RegionScopedAdmin, display
from regions.csv_export import csv_response
from regions.csv_import import FILE_BYTES_MAX, NotReadable
from regions.errors import ApprovalOpen
from regions.models import Region
from regions.yen import yen
from vouchers.errors import ListNotReady, NotClaimable
from vouchers.grants.letters import print_letters
from vouchers.grants.lists import Upload, ask_for, drop, take_in
from vouchers.models import EntitlementState, GrantList, Handover, ListState

TONES = {
    ListState.PREVIEWED: "info",
    ListState.ASKED: "warning",
    ListState.RUNNING: "warning",
    ListState.DONE: "success",
    ListState.DROPPED: "danger",
}
SHOWN_LEFT_OUT = 200


class UploadForm(forms.Form):
    """A file, the region whose people stand in it, and how they get what is on it."""

    region = forms.ModelChoiceField(label=gettext_lazy("region"), queryset=Region.objects.none())
    file = forms.FileField(
        label=gettext_lazy("file (CSV or Excel)"),
        help_text=gettext_lazy(
            "Columns: resident_no, programme, ticket_type; amount, expires_on, reason, child_no, birth_order, "
            "children, basis_on where needed. Without an amount, the ticket type's rule says how much."
        ),
    )
    handover = forms.ChoiceField(
        label=gettext_lazy("handing over"), choices=Handover.choices, widget=forms.RadioSelect, initial="direct"
    )

    def __init__(self, regions: Any, *args: Any) -> None:
        super().__init__(*args)
        field: Any = self.fields["region"]
        field.queryset = Region.objects.filter(pk__in=[region.pk for region in regions])
        if len(regions) == 1:
            field.initial, field.widget = regions[0].pk, forms.HiddenInput()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES_MAX:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB.") % {"most": FILE_BYTES_MAX // 1_000_000}
            )
        return file


class GrantListAdmin(RegionScopedAdmin):
    icon = "upload_file"
    view_by = OFFICE
    add_by = OFFICE
    change_by = delete_by = NOBODY
    list_display = ("file_name", "state_shown", "rows_count", "amount_shown", "uploaded_by", "uploaded_at", "region")
    list_filter = ("region", "state")
    list_select_related = ("region", "uploaded_by")
    search_fields = ("file_name",)
    fields = (
        *("file_name", "state", "handover", "rows_count", "amount_shown", "uploaded_by", "uploaded_at"),
        *("approved_by", "finished_at", "region"),
    )
    readonly_fields = ("amount_shown",)

    @display(description=gettext_lazy("sum (yen)"), ordering="amount")
    def amount_shown(self, grant_list: GrantList) -> str:
        return yen(grant_list.amount)

    @display(description=gettext_lazy("state"), label=TONES)
    def state_shown(self, grant_list: GrantList) -> tuple[str, str]:
        return grant_list.state, str(grant_list.get_state_display())

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("step", self.step_view),
            ("progress", self.progress_view),
            ("result", self.result_view),
            ("letters", self.letters_view),
        ]
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"vouchers_grantlist_{name}")
            for name, view in pages
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Take a file in and go on to what is on it."""
        bound = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(self.admin_site.scope(request), *bound)
        if form.is_valid():
            user: Any = request.user
            file = form.cleaned_data["file"]
            handover = Handover(form.cleaned_data["handover"])
            upload = Upload(form.cleaned_data["region"], file.read(), file.name or "", user, handover)
            try:
                return self._to(take_in(upload))
            except NotReadable as problem:
                form.add_error("file", str(problem))
        context = {**self.admin_site.each_context(request), "title": _("Upload a list of grants"), "form": form}
        return render(request, "staff/grant_upload.html", context)

    def step_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask a second person for the list, or drop it."""
        grant_list = self._find(request, object_id)
        user: Any = request.user
        if request.method == "POST":
            try:
                if request.POST.get("step") == "ask":
                    ask_for(grant_list, by=user)
                    messages.success(request, _("Somebody else has to agree now."))
                elif request.POST.get("step") == "drop":
                    drop(grant_list)
                    messages.success(request, _("The list is not used."))
            except (ListNotReady, ApprovalOpen):
                messages.error(request, _("This is not possible any more. Nothing was changed."))
        return self._to(grant_list)

    def progress_view(self, request: HttpRequest, object_id: str) -> JsonResponse:
        """How far a list is, for the page that shows it."""
        grant_list = self._find(request, object_id)
        return JsonResponse({"done": done_of(grant_list), "of": grant_list.rows_count, "state": grant_list.state})

    def result_view(self, request: HttpRequest, object_id: str) -> Any:
        """Every line of the file and what has become of it."""
        grant_list = self._find(request, object_id)
        return csv_response(f"grants-{grant_list.uploaded_at:%Y%m%d-%H%M}.csv", result_rows(grant_list))

    def letters_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        grant_list = self._find(request, object_id)
        if request.method != "POST" or grant_list.state not in {ListState.RUNNING, ListState.DONE}:
            return self._to(grant_list)
        user: Any = request.user
        try:
            pdf = print_letters(grant_list, by=user)
        except NotClaimable:
            messages.info(request, _("Every letter has been printed."))
            return self._to(grant_list)
        return pdf_response("letters.pdf", pdf)

    def _find(self, request: HttpRequest, object_id: str) -> GrantList:
        found: GrantList | None = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def _to(self, grant_list: GrantList) -> HttpResponse:
        return redirect(reverse("staff:vouchers_grantlist_change", args=[grant_list.pk]))


def pdf_response(name: str, pdf: bytes) -> HttpResponse:
    """A letter is a secret: no cache keeps it."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def done_of(grant_list: GrantList) -> int:
    """How many entitlements of a list have been carried out."""
    return grant_list.entitlements.exclude(state=EntitlementState.PROPOSED).count()


def result_rows(grant_list: GrantList) -> Any:
    """The header, then line by line: number, resident, yen, outcome."""
    yield _("line"), _("resident number"), _("amount (yen)"), _("outcome")
    rows: list[tuple[int, str, object, str]] = [(n, who, "", reason) for n, who, reason in grant_list.left_out]
    names = dict(EntitlementState.choices)
    found = grant_list.entitlements.values_list("line", "resident__resident_no", "amount", "state")
    rows += [(line, number, amount, str(names[state])) for line, number, amount, state in found]
    yield from sorted(rows, key=lambda row: row[0])


def list_panel(_request: HttpRequest, grant_list: GrantList) -> tuple[str, dict[str, Any]]:
    """What is on the list, what is not and why, what to think of, and the next step."""
    sums = grant_list.entitlements.values_list("programme__name", "ticket_type__name").annotate(count=Count("pk"))
    return "staff/grant_list.html", {
        "list": grant_list,
        "sums": sums.order_by("programme__name"),
        "first": grant_list.entitlements.select_related("resident", "child", "ticket_type").order_by("line")[:20],
        "left_out": grant_list.left_out[:SHOWN_LEFT_OUT],
        "left_out_count": len(grant_list.left_out),
        "done": done_of(grant_list),
        "unprinted": grant_list.entitlements.filter(state="offered", printed_at__isnull=True).count(),
    }
