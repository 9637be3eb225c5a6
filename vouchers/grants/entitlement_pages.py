"""One entitlement at the secretariat's site: claimed at the counter, printed again, moved, stopped."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.admin_base import NOBODY, OFFICE, RegionScopedAdmin, display
from regions.admin_forms import RegionForm
from regions.models import Resident
from regions.staff_site import staff_site
from regions.yen import yen
from vouchers.errors import BudgetExceeded, NotClaimable, NotStoppable
from vouchers.grants.claims import claim
from vouchers.grants.letters import print_again
from vouchers.grants.list_pages import pdf_response
from vouchers.grants.rules import RuleInvalid, parse_rule
from vouchers.grants.stops import Stop, leave_as_it_is, move_to, stop
from vouchers.models import Entitlement, EntitlementState, GrantEventKind, StopReason

TONES = {
    EntitlementState.OFFERED: "info",
    EntitlementState.ISSUED: "success",
    EntitlementState.STOPPED: "danger",
    EntitlementState.DECLINED: "warning",
    EntitlementState.LAPSED: "warning",
}
LEFT = "left"


class PeopleWhoLeft(SimpleListFilter):
    """The work list after people have moved out."""

    title = gettext_lazy("to decide")
    parameter_name = "decide"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [(LEFT, _("the person or the child has moved out"))]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        return queryset.of_people_who_left() if self.value() == LEFT else queryset


class ActForm(forms.Form):
    """What is to be done, and what it needs: a reason to stop, a resident's number to move, a note."""

    act = forms.ChoiceField(choices=[(name, "") for name in ("claim", "print", "stop", "move", "keep")])
    reason = forms.ChoiceField(label=gettext_lazy("reason"), choices=StopReason.choices, required=False)
    resident_no = forms.CharField(label=gettext_lazy("resident number"), max_length=40, required=False)
    note = forms.CharField(label=gettext_lazy("note"), max_length=300, required=False)


class EntitlementAdmin(RegionScopedAdmin):
    icon = "redeem"
    view_by = OFFICE
    add_by = change_by = delete_by = NOBODY
    list_display = ("resident", "child", "ticket_type", "amount_shown", "state_shown", "claim_until_on", "region")
    list_filter = ("region", "state", "ticket_type", PeopleWhoLeft)
    list_select_related = ("resident", "child", "ticket_type", "region")
    search_fields = ("resident__resident_no", "resident__name", "resident__kana", "child__name", "reason")
    fields = (
        *("resident", "child", "programme", "ticket_type", "amount_shown", "state", "reason"),
        *("expires_at", "claim_until_on", "basis_on", "printed_at", "stop_reason", "voucher", "grant_list", "line"),
        "region",
    )
    readonly_fields = ("amount_shown",)

    @display(description=gettext_lazy("amount (yen)"), ordering="amount")
    def amount_shown(self, row: Entitlement) -> str:
        return yen(row.amount)

    @display(description=gettext_lazy("state"), label=TONES)
    def state_shown(self, row: Entitlement) -> tuple[str, str]:
        return row.state, str(row.get_state_display())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.act_view)
        return [path("<path:object_id>/act/", view, name="vouchers_entitlement_act"), *super().get_urls()]

    def act_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Do one thing with it and come back; nothing is done without its reason or number."""
        row: Entitlement | None = self.get_object(request, object_id)
        if row is None:
            raise Http404
        form = ActForm(request.POST)
        back = redirect(reverse("staff:vouchers_entitlement_change", args=[row.pk]))
        if request.method != "POST":
            return back
        if not form.is_valid():
            messages.error(request, _("Nothing was changed. Please fill in what is asked for."))
            return back
        try:
            answer = self._act(request, row, form.cleaned_data)
        except (NotClaimable, NotStoppable):
            messages.error(request, _("This is not possible any more. Nothing was changed."))
            return back
        except BudgetExceeded:
            messages.error(request, _("The budget of the programme does not cover it. Nothing was changed."))
            return back
        except Resident.DoesNotExist:
            messages.error(request, _("There is no resident of this number. Nothing was changed."))
            return back
        self.log_change(request, row, form.cleaned_data["act"])
        return answer or back

    def _act(self, request: HttpRequest, row: Entitlement, asked: dict[str, Any]) -> HttpResponse | None:
        user: Any = request.user
        if asked["act"] == "print":
            return pdf_response("letter.pdf", print_again(row.pk, by=user))
        if asked["act"] == "claim":
            claim(row.pk, resident=row.resident, by=user, kind=GrantEventKind.CLAIMED_AT_COUNTER)
        elif asked["act"] == "stop":
            reason = StopReason(asked["reason"] or StopReason.OTHER)
            taken = stop(row.pk, Stop(user, reason, asked["note"]))
            messages.success(request, _("Stopped; %(yen)s were taken back.") % {"yen": yen(taken)})
            return None
        elif asked["act"] == "move":
            other = Resident.objects.get(region=row.region_id, resident_no=asked["resident_no"])
            move_to(row.pk, other, by=user, note=asked["note"])
        else:
            leave_as_it_is(row.pk, by=user, note=asked["note"])
        messages.success(request, _("Done."))
        return None


class TermsForm(RegionForm):
    """The rule, read before it is kept."""

    def clean_rule(self) -> Any:
        rule = self.cleaned_data["rule"]
        try:
            parse_rule(rule)
        except RuleInvalid as problem:
            raise forms.ValidationError(_("This is no rule: %(where)s") % {"where": problem.where}) from problem
        return rule


def entitlement_panel(_request: HttpRequest, row: Entitlement) -> tuple[str, dict[str, Any]]:
    """What has been done with it, and what can be."""
    return "staff/entitlement.html", {
        "row": row,
        "events": row.events.select_related("by"),
        "reasons": StopReason.choices,
        "is_offered": row.state == EntitlementState.OFFERED,
        "is_good": row.state in {EntitlementState.OFFERED, EntitlementState.ISSUED},
        "has_left": Entitlement.objects.filter(pk=row.pk).of_people_who_left().exists(),
    }


def people_who_left_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """How many grants of people who have left wait for a decision, on the site's first page."""
    rows = Entitlement.objects.filter(region__in=staff_site.scope_ids(request)).of_people_who_left()
    address = f"{reverse('staff:vouchers_entitlement_changelist')}?decide={LEFT}"
    return "staff/people_who_left.html", {"count": rows.count(), "address": address}
