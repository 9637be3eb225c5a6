"""The office's settlement: rules with what is open under each, and a period closed after a look at what it makes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from payments.models import Closing, SettlementCheck, SettlementRule, SettlementTerm
from payments.settlement.calendar import SettlementPeriod
from payments.settlement.check import check_settlement
from payments.settlement.closing import close_period
from payments.settlement.errors import PeriodNotNext, PeriodNotOver
from payments.settlement.preview import Previewed, preview
from payments.settlement.schedule import ends_before, late_period, open_period
from regions.admin_base import OFFICE, RegionScopedAdmin, ScopedTabularInline, display
from regions.dashboard import Figure, RegionFigures, figures_panel
from regions.staff_site import staff_site
from regions.yen import yen


class TermInline(ScopedTabularInline):
    model = SettlementTerm
    view_by = add_by = change_by = delete_by = OFFICE
    fields = ("closing_day", "pay_months_later", "pay_day", "pay_days_later")


class SettlementRuleAdmin(RegionScopedAdmin):
    """The rules, each with its open period above the list."""

    icon = "event_repeat"
    menu_title = gettext_lazy("Settlement")
    add_by = change_by = OFFICE
    change_list_template = "staff/settlement.html"
    list_display = ("programme_shown", "closing_days", "minimum", "fee_shown", "last_claim_on", "is_active", "region")
    list_select_related = ("region", "programme")
    inlines = (TermInline,)
    fieldsets = (
        (None, {"fields": ["region", "programme", "begins_on", "last_claim_on", "is_active"]}),
        (gettext_lazy("Paying out"), {"fields": ["roll", "minimum"]}),
        (gettext_lazy("Fee"), {"fields": ["fee_bp", "fee_fixed", "invoice_number"]}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[SettlementRule]:
        return super().get_queryset(request).prefetch_related("terms")  # type: ignore[no-any-return]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = tuple(super().get_readonly_fields(request, obj))
        is_used = obj and Closing.objects.filter(rule=obj).exists()
        # What has been closed was closed for a programme and from a day.
        return (*fields, "programme", "begins_on") if is_used else fields

    @display(description=gettext_lazy("programme"))
    def programme_shown(self, rule: SettlementRule) -> str:
        return str(rule)

    @display(description=gettext_lazy("closing days"))
    def closing_days(self, rule: SettlementRule) -> str:
        return "、".join(_day_words(term.closing_day) for term in rule.terms.all()) or "-"

    @display(description=gettext_lazy("fee"))
    def fee_shown(self, rule: SettlementRule) -> str:
        rate = f"{rule.fee_bp / 100:g} %" if rule.fee_bp else ""
        fixed = yen(rule.fee_fixed) if rule.fee_fixed else ""
        return " + ".join(filter(None, (rate, fixed))) or "-"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        cards = [_card(rule) for rule in self.get_queryset(request).select_related("region", "programme")]
        checks = SettlementCheck.objects.filter(region__in=staff_site.scope_ids(request)).select_related("region")
        context = {"cards": cards, "checks": checks, "shows_region": len(staff_site.scope(request)) > 1}
        return super().changelist_view(request, {**context, **(extra_context or {})})  # type: ignore[no-any-return]


class ClosingAdmin(RegionScopedAdmin):
    icon = "lock_clock"
    list_display = ("last_on", "first_on", "rule", "pay_on", "is_final", "closed_at", "by_shown", "region")
    list_filter = ("region", "rule", "pay_on")
    list_select_related = ("rule__programme", "closed_by", "region")
    fields = ("rule", "first_on", "last_on", "pay_on", "is_final", "closed_at", "by_shown", "region")
    readonly_fields = ("by_shown",)

    # The person may be one whose page only operators can open, so there is no link to it.
    @display(description=gettext_lazy("by"))
    def by_shown(self, closing: Closing) -> str:
        return str(closing.closed_by) if closing.closed_by else _("by itself")


def _day_words(day: int) -> str:
    return _("end of the month") if day == 31 else _("day %(day)s of the month") % {"day": day}


def _card(rule: SettlementRule) -> dict[str, Any]:
    """The period that is open under a rule, and whether it can be closed now."""
    period, is_late = _period_of(rule)
    return {
        "rule": rule,
        "period": period,
        "is_late": is_late,
        "is_over": period is not None and ends_before(rule, period.last) <= timezone.now(),
        "address": reverse("staff:settlement_close", args=[rule.pk]),
    }


def _period_of(rule: SettlementRule) -> tuple[SettlementPeriod | None, bool]:
    """The next period; after the last day to claim, everything that came in since."""
    if found := open_period(rule):
        return found.period, False
    late = late_period(rule, today=timezone.now().astimezone(rule.region.tz).date())
    return late, late is not None


def close_view(request: HttpRequest, rule: UUID) -> HttpResponse:
    """What the next closing would make, store by store; and, once the period is over, the button that makes it."""
    found = _rule_of(request, rule)
    period, is_late = _period_of(found)
    if period is None:
        messages.info(request, _("There is nothing left to close under this rule."))
        return _back()
    if request.method == "POST" and request.POST.get("last") == period.last.isoformat():
        return _close(request, found, period)
    drafts = preview(found, period)
    context = {
        **staff_site.each_context(request),
        "title": _("Close a period"),
        "rule": found,
        "period": period,
        "is_late": is_late,
        "is_over": ends_before(found, period.last) <= timezone.now(),
        "drafts": sorted(drafts, key=lambda draft: (draft.store.kana, draft.store.name)),
        "sums": _sums(drafts),
    }
    return render(request, "staff/close_period.html", context)


def _close(request: HttpRequest, rule: SettlementRule, period: SettlementPeriod) -> HttpResponse:
    user: Any = request.user
    try:
        closing = close_period(rule, period, by=user)
    except PeriodNotOver:
        messages.error(request, _("The period is not over yet. Nothing was closed."))
        return _back()
    except PeriodNotNext:
        messages.info(request, _("Somebody has closed this period already."))
        return _back()
    check_settlement(rule.region)
    count = closing.statements.count()
    messages.success(request, _("Closed: %(count)s statements were made.") % {"count": f"{count:,}"})
    return redirect(f"{reverse('staff:payments_statement_changelist')}?closing__id__exact={closing.pk}")


@require_POST
def check_view(request: HttpRequest) -> HttpResponse:
    """Add everything up now."""
    for region in staff_site.scope(request):
        check_settlement(region)
    messages.success(request, _("Everything was added up again."))
    return _back()


def _rule_of(request: HttpRequest, rule_id: UUID) -> SettlementRule:
    rules = SettlementRule.objects.filter(region__in=staff_site.scope_ids(request))
    found: SettlementRule | None = rules.select_related("region", "programme").filter(pk=rule_id).first()
    if found is None:
        raise Http404
    return found


def _back() -> HttpResponse:
    return redirect(reverse("staff:payments_settlementrule_changelist"))


def _sums(drafts: list[Previewed]) -> list[tuple[str, str]]:
    amounts = [draft.amounts for draft in drafts]
    return [
        (_("stores"), f"{len(amounts):,}"),
        (_("payments"), yen(sum(found.gross for found in amounts))),
        (_("refunds"), yen(sum(found.refunds for found in amounts))),
        (_("fee"), yen(sum(found.fee for found in amounts))),
        (_("carried over"), yen(sum(found.carried_out for found in amounts))),
        (_("paid out"), yen(sum(found.net for found in amounts))),
    ]


def settlement_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """Whether the settlement adds up, as it was last looked at: zero is normal."""
    regions = staff_site.scope(request)
    checks = {check.region_id: check for check in SettlementCheck.objects.filter(region__in=regions)}
    rows = [RegionFigures(region, _check_figures(checks.get(region.pk))) for region in regions]
    columns = [_("on statements"), _("not yet closed"), _("completed less refunded"), _("difference")]
    return figures_panel(
        title=_("Settlement adds up"),
        columns=columns,
        rows=rows,
        note=_("On statements and not yet closed, together, are what was completed less what was refunded."),
    )


def _check_figures(check: SettlementCheck | None) -> list[Figure]:
    listing = reverse("staff:payments_settlementrule_changelist")
    if check is None:
        return [Figure("-"), Figure("-"), Figure("-"), Figure("-", note=_("not looked at yet"), url=listing)]
    is_right = check.difference == 0 and check.wrong_count == 0
    at = timezone.localtime(check.checked_at)
    note = _("as of %(at)s") % {"at": f"{at:%m/%d %H:%M}"}
    if check.wrong_count:
        note = _("%(count)s stores do not add up, as of %(at)s") % {
            "count": check.wrong_count,
            "at": f"{at:%m/%d %H:%M}",
        }
    return [
        Figure(yen(check.stated), url=reverse("staff:payments_statement_changelist")),
        Figure(yen(check.open), url=listing),
        Figure(yen(check.completed - check.refunded)),
        Figure(yen(check.difference), "ok" if is_right else "bad", note, listing),
    ]
