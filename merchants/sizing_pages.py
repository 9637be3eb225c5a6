"""Rules of joining and of shop sizes at the secretariat's site, and what was decided for each store."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import JoiningRules, SizeClass, SizeRule, Store, StoreDecision
from merchants.size_words import reason_words
from merchants.sizing import decide_all_by_rule, decide_by_person, latest_decision
from regions.admin_base import OFFICE, RegionScopedAdmin, UnfoldAdminTextInputWidget, display
from vouchers.models import Programme


class JoiningRulesAdmin(RegionScopedAdmin):
    icon = "rule_settings"
    add_by = change_by = OFFICE
    list_display = ("region", "is_open", "account_delay_days")
    fields = ("region", "is_open", "account_delay_days", "more_exclusions")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is one row for a region, so nothing to add where each has its own."""
        regions = self.admin_site.scope_ids(request)
        there = JoiningRules.objects.filter(region__in=regions).count()
        return bool(super().has_add_permission(request) and there < len(regions))


class SizeRuleAdmin(RegionScopedAdmin):
    """A rule that was changed counts for the stores decided by it once the office says so."""

    icon = "straighten"
    region_from = "programme"
    add_by = change_by = OFFICE
    list_display = ("programme", "area_from", "capital_over", "tenants_are_large", "local_head_office", "region")
    list_select_related = ("programme", "region")
    fields = (
        *("programme", "area_from", "capital_over", "tenants_are_large"),
        *("local_head_office", "distant_is_large"),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.apply_view)
        return [path("<path:object_id>/apply/", view, name="merchants_sizerule_apply"), *super().get_urls()]

    def apply_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Apply the rule to every store of the programme that no person has decided; by a POST."""
        rule = self.get_object(request, object_id)
        if rule is None:
            raise Http404
        if request.method == "POST":
            count = decide_all_by_rule(rule.programme)
            self.log_change(request, rule, f"applied: {count}")
            messages.success(request, _("The size of %(count)s stores has changed.") % {"count": count})
        return redirect(reverse("staff:merchants_sizerule_change", args=[rule.pk]))


class StoreSizeForm(forms.Form):
    """Another size than the rule's, and why."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=gettext_lazy("programme"), widget=forms.Select(attrs={"class": "house-input"})
    )
    size = forms.ChoiceField(label=gettext_lazy("size"), choices=SizeClass.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=400,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("A decision needs a reason.")},
    )

    def __init__(self, store: Store, data: Any = None) -> None:
        super().__init__(data)
        self.fields["programme"].queryset = Programme.objects.in_region(store.region_id)  # type: ignore[attr-defined]


class StoreSizePages:
    """Adds the page that sets a store's size by hand to its admin page. A mixin."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.size_view)
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("<path:object_id>/size/", view, name="merchants_store_size"), *urls]

    def size_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        store = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if store is None:
            raise Http404
        form = StoreSizeForm(store, request.POST or None)
        back = reverse("staff:merchants_store_change", args=[store.pk])
        if request.method == "POST" and form.is_valid():
            user: Any = request.user
            given = form.cleaned_data
            size, programme = SizeClass(given["size"]), given["programme"]
            taken = [kind for kind in store.ticket_types.all() if kind.programme_id == programme.pk]
            # What the store could not take as a large shop it may want as a small one.
            wanted = None if size == SizeClass.SMALL else taken
            decide_by_person(store, programme, size, by=user, reason=given["reason"], wanted=wanted)
            self.log_change(request, store, f"{programme}: {size}")  # type: ignore[attr-defined]
            messages.success(request, _("Done."))
            return redirect(back)
        context = {**self.admin_site.each_context(request), "title": str(store), "form": form, "back": back}
        return render(request, "staff/store_size.html", context)


class StoreDecisionAdmin(RegionScopedAdmin):
    """What was decided, for ever."""

    icon = "fact_check"
    list_display = ("at", "store", "programme", "size_class", "taken", "reason_shown", "by_shown", "region")
    list_filter = ("region", "size_class", "at")
    list_select_related = ("store", "programme", "by", "region")
    search_fields = ("store__name", "store__store_no", "programme__name")
    fields = ("at", "store", "programme", "size_class", "taken", "reason_shown", "by_shown", "region")
    readonly_fields = ("taken", "reason_shown", "by_shown")

    @display(description=gettext_lazy("ticket types"))
    def taken(self, decision: StoreDecision) -> str:
        return "、".join(decision.ticket_types) or "-"

    @display(description=gettext_lazy("reason"))
    def reason_shown(self, decision: StoreDecision) -> str:
        return reason_words(decision)

    @display(description=gettext_lazy("by"))
    def by_shown(self, decision: StoreDecision) -> str:
        return str(decision.by or "-")


def sizes_panel(request: HttpRequest, store: Store) -> tuple[str, dict[str, Any]]:
    """The latest decision of each programme, and the way to another one."""
    programmes = Programme.objects.in_region(store.region_id)
    latest = [decision for programme in programmes if (decision := latest_decision(store, programme))]
    rows = [(decision, reason_words(decision)) for decision in latest]
    return "staff/store_sizes.html", {"store": store, "rows": rows}


def apply_rule_panel(request: HttpRequest, rule: SizeRule) -> tuple[str, dict[str, Any]]:
    return "staff/size_rule.html", {"rule": rule}
