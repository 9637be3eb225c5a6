"""Differences between the books and the notary's at the secretariat's site: looked at, and settled with a note."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.difference_sides import compared_sides
from payments.differences import settle_difference
from payments.errors import PaymentProblem
from payments.models import Difference, DifferenceKind, LogCursor
from regions.admin_base import OFFICE, RegionScopedAdmin, Standing, UnfoldAdminTextInputWidget, display
from regions.yen import yen

LEFT, REPAIRED, SETTLED, ALL = "left", "repaired", "settled", "all"
STATES: dict[str, tuple[Any, str, Q]] = {
    LEFT: (gettext_lazy("left"), "danger", Q(repaired_at__isnull=True, settled_at__isnull=True)),
    REPAIRED: (gettext_lazy("repaired by itself"), "success", Q(repaired_at__isnull=False)),
    SETTLED: (gettext_lazy("settled by a person"), "info", Q(repaired_at__isnull=True, settled_at__isnull=False)),
}


def state_of(difference: Difference) -> str:
    """The key in `STATES` under which the difference falls; the same rule as the rows of each, for one."""
    if difference.repaired_at:
        return REPAIRED
    return SETTLED if difference.settled_at else LEFT


class StateFilter(SimpleListFilter):
    """Those that are left, unless others are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [*((key, words) for key, (words, _tone, _rows) in STATES.items()), (ALL, _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Difference]) -> QuerySet[Difference]:
        chosen = self.value() or LEFT
        return queryset.filter(STATES[chosen][2]) if chosen in STATES else queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        for key, words in self.lookup_choices:
            yield {
                "selected": key == (self.value() or LEFT),
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": words,
            }


class SettlementForm(forms.Form):
    """What became of it, in words."""

    note = forms.CharField(
        label=gettext_lazy("note"),
        max_length=400,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("What you found, and what was done about it. It stays with the difference."),
        error_messages={"required": gettext_lazy("Please write what became of it.")},
    )


class DifferenceAdmin(RegionScopedAdmin):
    """A region's own for its office; those that belong to no region are the operators'."""

    icon = "difference"
    settle_by = OFFICE
    change_list_template = "staff/differences.html"
    list_display = ("found_at", "kind", "state_shown", "ours_shown", "theirs_shown", "source", "region")
    list_filter = (StateFilter, "kind", "region")
    list_select_related = ("region",)
    search_fields = ("=source",)
    search_help_text = gettext_lazy("Id of the payment or refund")
    fieldsets = (
        (None, {"fields": ["kind", "source", "ours_shown", "theirs_shown", "region", "cluster_shown"]}),
        (
            gettext_lazy("What became of it"),
            {"fields": ["state_words", "found_at", "why_parked", "noted", "repaired_at"]},
        ),
        (gettext_lazy("Settled"), {"fields": ["settled_at", "settled_by_shown", "settled_note"]}),
    )
    readonly_fields = (
        *("ours_shown", "theirs_shown", "cluster_shown", "state_words"),
        *("why_parked", "noted", "settled_by_shown"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Difference]:
        seen = Q(region__in=self.admin_site.scope_ids(request))
        if self.admin_site.standing(request) is Standing.OPERATOR:
            seen |= Q(region__isnull=True)
        return Difference.objects.filter(seen)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {
            "compared_at": self._compared_at(request),
            "left_count": self.get_queryset(request).left().count(),  # type: ignore[attr-defined]
        }
        response: HttpResponse = super().changelist_view(request, {**context, **(extra_context or {})})
        return response

    def _compared_at(self, request: HttpRequest) -> datetime | None:
        """When the last of the notaries concerned was compared in full; none if one of them never was."""
        clusters = {region.notary_id for region in self.admin_site.scope(request)}
        times = [cursor.compared_at for cursor in LogCursor.objects.filter(cluster__in=clusters)]
        known = [at for at in times if at]
        return min(known) if known and len(known) == len(clusters) else None

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.settle_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("<path:object_id>/settle/", view, name="payments_difference_settle"), *urls]

    def settle_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        difference = self.get_object(request, object_id)
        if difference is None or self.admin_site.standing(request) not in self.settle_by:
            raise Http404
        form = SettlementForm(request.POST or None)
        if form.is_valid():
            return self._settle(request, difference, form.cleaned_data["note"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Settle this difference"),
            "difference": difference,
            "why": why_parked(difference),
            "form": form,
            "is_left": state_of(difference) == LEFT,
        }
        return render(request, "staff/difference_settle.html", context)

    def _settle(self, request: HttpRequest, difference: Difference, note: str) -> HttpResponse:
        now = timezone.now()
        back = redirect(reverse("staff:payments_difference_change", args=[difference.pk]))
        try:
            settled = settle_difference(difference.pk, note=note, by=request.user, now=now)  # type: ignore[arg-type]
        except PaymentProblem:
            messages.error(request, _("It has been repaired by itself meanwhile. There is nothing left to settle."))
            return back
        if settled.settled_at == now:
            self.log_change(request, settled, f"{_('settled')}: {note}")
            messages.success(request, _("The difference is settled."))
        else:
            who = {"who": str(settled.settled_by), "note": settled.settled_note}
            messages.warning(request, _("It was settled before (%(who)s): %(note)s") % who)
        return back

    @display(description=gettext_lazy("yen here"), ordering="ours")
    def ours_shown(self, difference: Difference) -> str:
        return "-" if difference.ours is None else yen(difference.ours)

    @display(description=gettext_lazy("yen at the notary"), ordering="theirs")
    def theirs_shown(self, difference: Difference) -> str:
        return "-" if difference.theirs is None else yen(difference.theirs)

    @display(description=gettext_lazy("notary"))
    def cluster_shown(self, difference: Difference) -> str:
        return str(difference.cluster)

    @display(description=gettext_lazy("state"), label={key: tone for key, (_words, tone, _rows) in STATES.items()})
    def state_shown(self, difference: Difference) -> tuple[str, str]:
        key = state_of(difference)
        return key, str(STATES[key][0])

    @display(description=gettext_lazy("state"))
    def state_words(self, difference: Difference) -> str:
        return str(STATES[state_of(difference)][0])

    @display(description=gettext_lazy("why it is not repaired by itself"))
    def why_parked(self, difference: Difference) -> str:
        return why_parked(difference)

    @display(description=gettext_lazy("noted by the comparison"))
    def noted(self, difference: Difference) -> str:
        return difference.parked or "-"

    # The person may be one whose page only operators can open, so there is no link to it.
    @display(description=gettext_lazy("settled by"))
    def settled_by_shown(self, difference: Difference) -> str:
        return str(difference.settled_by or "-")


WHY_PARKED: dict[str, Any] = {
    DifferenceKind.AMOUNT: gettext_lazy("Two sides say different amounts, and no machine can know which is right."),
    DifferenceKind.UNKNOWN_PAYMENT: gettext_lazy("The notary has spent value for a payment that does not exist here."),
    DifferenceKind.ORPHAN_ENTRY: gettext_lazy("A book has an entry for which there is no completed payment or refund."),
    DifferenceKind.NOT_AT_NOTARY: gettext_lazy("It is completed here, and the notary refuses to commit it."),
    DifferenceKind.NOT_REVERSED: gettext_lazy("It was given back here, and the notary refuses to reverse it."),
}


def why_parked(difference: Difference) -> str:
    """Why no machine repaired it, in plain words; nothing where one did."""
    return str(WHY_PARKED.get(difference.kind, difference.parked)) if difference.parked else "-"


def sides_panel(request: HttpRequest, difference: Difference) -> tuple[str, dict[str, Any]]:
    """What the platform's books say and what the notary says, side by side, and the way to settle it."""
    return "staff/difference_sides.html", {
        "sides": compared_sides(difference),
        "is_left": state_of(difference) == LEFT,
        "address": reverse("staff:payments_difference_settle", args=[difference.pk]),
    }
