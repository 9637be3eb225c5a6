"""The draw at the secretariat's site: how much is asked for, what comes next, and who has agreed to what."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.admin_base import OFFICE, RegionScopedAdmin, UnfoldAdminTextInputWidget, display
from regions.approvals import open_approval
from regions.errors import ApprovalOpen
from regions.staff_site import staff_site
from vouchers.draw_steps import RUN, SEAL, Hindrance, hindrance, propose_sealing, propose_seed
from vouchers.errors import DrawNotPossible
from vouchers.models import Allotment, Application, ApplicationLine, Draw, DrawStatus, Programme

WHY = {
    Hindrance.NO_LOTTERY: gettext_lazy("The programme has no lottery, or no day on which applications close."),
    Hindrance.STILL_OPEN: gettext_lazy("Applications are still taken. The list can be sealed once they have closed."),
    Hindrance.UNCLEAR: gettext_lazy("Some applications are unclear. Please settle each, or mark it as invalid."),
    Hindrance.NOTHING_TO_DRAW: gettext_lazy("There are no applications to draw."),
    Hindrance.SEED_TOO_EARLY: gettext_lazy("The public number must not be known before the list is sealed."),
    Hindrance.SEALED_BEFORE: gettext_lazy("The list is sealed, or its sealing waits for a second person."),
    Hindrance.NOT_SEALED: gettext_lazy("The list has to be sealed first."),
    Hindrance.NO_SEED: gettext_lazy("Please say which public number it is."),
    Hindrance.SEED_NOT_DUE: gettext_lazy("The public number is not known yet."),
}


class SealForm(forms.Form):
    """Which public number will be the seed, and from which day it is known."""

    seed_source = forms.CharField(
        label=gettext_lazy("public number that will be the seed"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "For example: Nikkei 225, closing price of 1 December, with two decimals. "
            "It is written on the sealed list and cannot be changed."
        ),
    )
    seed_from_on = forms.DateField(
        label=gettext_lazy("known from"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text=gettext_lazy("A later day; nobody can type the number before."),
    )

    def clean_seed_from_on(self) -> datetime:
        return datetime.combine(self.cleaned_data["seed_from_on"], time(), timezone.get_current_timezone())


class SeedForm(forms.Form):
    """The number, exactly as it was published."""

    seed = forms.CharField(
        label=gettext_lazy("seed"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "The number exactly as it was published. The second person compares it with its source."
        ),
    )


class DrawAdmin(RegionScopedAdmin):
    icon = "casino"
    view_by = OFFICE
    list_display = ("programme", "status", "applications_count", "sealed_at", "drawn_at", "region")
    list_filter = ("region", "status")
    list_select_related = ("programme", "region")
    search_fields = ("programme__name",)
    fieldsets = (
        (None, {"fields": ["programme", "status", "applications_count", "region"]}),
        (gettext_lazy("Sealed list"), {"fields": ["sealed_at", "list_sha256", "seed_source", "seed_from_at"]}),
        (gettext_lazy("Draw"), {"fields": ["seed", "seed_set_at", "drawn_at", "result_sha256", "code_version"]}),
        (gettext_lazy("Results"), {"fields": ["published_at", "pay_by_at"]}),
    )

    @display(description=gettext_lazy("status"))
    def status_shown(self, draw: Draw) -> str:
        return str(draw.get_status_display())


def lottery_view(request: HttpRequest, programme: str) -> HttpResponse:
    """A programme's lottery: over-subscription by unit, and the step that can be taken now."""
    found = _find(request, programme)
    draw = Draw.objects.filter(programme=found).exclude(status=DrawStatus.REFUSED).first()
    form = _form(request, draw)
    if request.method == "POST" and form is not None and form.is_valid():
        return _take(request, found, draw, form)
    now = timezone.now()
    why = None if draw else hindrance(found, at=now)
    context = {
        **staff_site.each_context(request),
        "title": _("Lottery: %(programme)s") % {"programme": found},
        "programme": found,
        "draw": draw,
        "rows": over_subscription(found),
        "applications": Application.objects.filter(programme=found).live().count(),
        "unclear": Application.objects.filter(programme=found).live().exclude(question="").count(),
        "why": WHY[why] if why else "",
        "form": None if why else form,
        "approval": draw and (open_approval(SEAL, draw.pk) or open_approval(RUN, draw.pk)),
        "untold": Application.objects.filter(programme=found, status="submitted").count(),
    }
    return render(request, "staff/lottery.html", context)


def over_subscription(programme: Programme) -> list[dict[str, Any]]:
    """By unit: the stock, how many people ask for how many units, and how many are asked for each 100 there are."""
    lines = ApplicationLine.objects.filter(application__programme=programme).exclude(
        application__status__in=("withdrawn", "invalid")
    )
    sums = lines.values("unit").annotate(people=Count("application"), asked=Sum("units_asked"), won=Sum("units_won"))
    by_unit = {row["unit"]: row for row in sums}
    nothing = {"people": 0, "asked": 0, "won": None}
    rows = []
    for unit in programme.units.select_related("frame"):
        row = by_unit.get(unit.pk, nothing)
        share = round(100 * row["asked"] / unit.stock) if unit.stock else None
        rows.append({"unit": unit, **row, "share": share, "is_over": row["asked"] > unit.stock})
    return rows


def lottery_panel(request: HttpRequest, programme: Programme) -> tuple[str, dict[str, Any]]:
    """The way from a programme's page to its lottery."""
    is_lottery = programme.allotment == Allotment.LOTTERY
    return "staff/lottery_panel.html", {"programme": programme if is_lottery else None}


def _find(request: HttpRequest, programme: str) -> Programme:
    found = Programme.objects.filter(pk=programme, region__in=staff_site.scope_ids(request))
    here: Programme | None = found.select_related("region").first()
    if here is None:
        raise Http404
    return here


def _form(request: HttpRequest, draw: Draw | None) -> SealForm | SeedForm | None:
    data = request.POST if request.method == "POST" else None
    if draw is None:
        tomorrow = timezone.localdate() + timedelta(days=1)
        return SealForm(data, initial={"seed_from_on": tomorrow.isoformat()})
    is_due = draw.status == DrawStatus.SEALED and not draw.proposed_seed and draw.seed_from_at <= timezone.now()
    return SeedForm(data) if is_due else None


def _take(request: HttpRequest, programme: Programme, draw: Draw | None, form: SealForm | SeedForm) -> HttpResponse:
    by: Any = request.user
    try:
        if draw is None:
            facts = form.cleaned_data
            propose_sealing(programme, seed_source=facts["seed_source"], seed_from_at=facts["seed_from_on"], by=by)
        else:
            propose_seed(draw, seed=form.cleaned_data["seed"], by=by)
    except DrawNotPossible as problem:
        messages.error(request, WHY[Hindrance(problem.why)])
    except ApprovalOpen:
        messages.error(request, WHY[Hindrance.SEALED_BEFORE])
    else:
        messages.success(request, _("Asked for. A second person has to agree before anything is done."))
    return redirect(reverse("staff:lottery", args=[programme.pk]))
