"""What waits for a second person, at the secretariat's site: the list, and the page where it is decided."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.admin_base import NOBODY, OFFICE, RegionScopedAdmin, UnfoldAdminTextInputWidget, display
from regions.approvals import decide, title_of, withdraw
from regions.errors import AlreadyDecided, EffectRefused, SamePerson
from regions.models import Approval, ApprovalState
from regions.staff_site import staff_site

TONES = {
    ApprovalState.OPEN: "warning",
    ApprovalState.APPROVED: "success",
    ApprovalState.REFUSED: "danger",
    ApprovalState.WITHDRAWN: "info",
}


class DecisionForm(forms.Form):
    """Agreed to or not; a refusal says why."""

    outcome = forms.ChoiceField(choices=[("approve", ""), ("refuse", ""), ("withdraw", "")])
    note = forms.CharField(
        label=gettext_lazy("note"),
        max_length=400,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Needed when you refuse. It stays with the approval."),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("outcome") == "refuse" and not data.get("note", "").strip():
            self.add_error("note", _("Please say why you refuse."))
        return data


class ApprovalAdmin(RegionScopedAdmin):
    icon = "how_to_reg"
    view_by = OFFICE
    add_by = change_by = delete_by = NOBODY
    list_display = ("summary", "kind_shown", "state_shown", "requested_by", "requested_at", "decided_by", "region")
    list_filter = ("region", "state")
    list_select_related = ("region", "requested_by", "decided_by")
    search_fields = ("summary", "requested_by__name", "requested_by__email")
    fields = (
        *("kind_shown", "summary", "state", "requested_by", "requested_at"),
        *("decided_by", "decided_at", "note", "region"),
    )
    readonly_fields = ("kind_shown",)

    @display(description=gettext_lazy("kind"))
    def kind_shown(self, approval: Approval) -> str:
        return title_of(approval.kind)

    @display(description=gettext_lazy("state"), label=TONES)
    def state_shown(self, approval: Approval) -> tuple[str, str]:
        return approval.state, str(approval.get_state_display())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decision_view)
        return [path("<path:object_id>/decide/", view, name="regions_approval_decide"), *super().get_urls()]

    def decision_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Agree, refuse, or take back what one asked for oneself."""
        approval = self.get_object(request, object_id)
        if approval is None:
            raise Http404
        form = DecisionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            self._decide(request, approval, **form.cleaned_data)
            return redirect(reverse("staff:regions_approval_change", args=[approval.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": title_of(approval.kind),
            "approval": approval,
            "form": form,
            "is_own": approval.requested_by_id == request.user.pk,
        }
        return render(request, "staff/approval.html", context)

    def _decide(self, request: HttpRequest, approval: Approval, *, outcome: str, note: str) -> None:
        user: Any = request.user
        try:
            if outcome == "withdraw":
                withdraw(approval.pk, by=user, note=note)
            else:
                decide(approval.pk, approve=outcome == "approve", by=user, note=note)
        except SamePerson:
            messages.error(request, _("Whoever asked for it cannot agree to it. Somebody else has to."))
        except EffectRefused as problem:
            messages.error(request, problem.sentence)
        except AlreadyDecided:
            messages.error(request, _("This was decided already. Nothing was changed."))
        else:
            self.log_change(request, approval, f"{outcome}: {note}" if note else outcome)
            messages.success(request, _("Done."))


def open_approvals_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """What waits for a second person, on the site's first page."""
    waiting = Approval.objects.filter(region__in=staff_site.scope_ids(request), state=ApprovalState.OPEN)
    rows = [
        (approval, title_of(approval.kind), approval.requested_by_id == request.user.pk)
        for approval in waiting.select_related("region", "requested_by")[:20]
    ]
    return "staff/approvals_open.html", {"rows": rows}


def decide_panel(request: HttpRequest, approval: Approval) -> tuple[str, dict[str, Any]]:
    """The way from the approval's page to its decision, and the particulars of what was asked for."""
    return "staff/approval_panel.html", {"approval": approval, "details": approval.details.items()}
