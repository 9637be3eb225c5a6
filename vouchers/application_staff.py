"""Applications at the secretariat's site: the list, the counter's entry, and what to do with the unclear ones."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.admin_base import OFFICE, RegionScopedAdmin, UnfoldAdminTextInputWidget
from regions.models import Resident
from regions.staff_site import staff_site
from vouchers.application_pages import field_of, read_units
from vouchers.application_refusals import sentence
from vouchers.applications import ask_about, change, is_open, mark_invalid, submit
from vouchers.errors import VoucherProblem
from vouchers.models import Allotment, Application, Channel, Programme, ProgrammeStatus


class UnclearFilter(SimpleListFilter):
    """The work list of the office: what it has to ask people about."""

    title = gettext_lazy("unclear")
    parameter_name = "unclear"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("unclear"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        return queryset.filter(status="submitted").exclude(question="") if self.value() else queryset


class ApplicationAdmin(RegionScopedAdmin):
    icon = "assignment"
    view_by = OFFICE
    list_display = ("number", "resident", "programme", "units", "price", "status", "channel", "submitted_at", "region")
    list_filter = ("region", "programme", "status", "channel", UnclearFilter)
    list_select_related = ("resident", "programme", "region")
    search_fields = ("number", "resident__resident_no", "resident__name", "resident__kana")
    fields = (
        *("number", "programme", "resident", "status", "channel", "units", "price", "household_no"),
        *("question", "reason", "place", "entered_by", "submitted_at", "changed_at", "region"),
    )


class EntryForm(forms.Form):
    """Whose application it is and how it came; the numbers of units stand beside."""

    resident_no = forms.CharField(
        label=gettext_lazy("resident number"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("way"),
        choices=[choice for choice in Channel.choices if choice[0] != Channel.APP],
        widget=forms.RadioSelect,
        initial=Channel.COUNTER,
    )
    question = forms.CharField(
        label=gettext_lazy("what is unclear"),
        max_length=400,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Only if you have to ask the person. The list cannot be sealed before it is settled."),
    )


def entry_view(request: HttpRequest, programme: str) -> HttpResponse:
    """Enter an application for somebody at the counter, or one that came by post."""
    found = _programme(request, programme)
    units = list(found.units.prefetch_related("parts"))
    form, problem = EntryForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["resident_no"].strip()
        resident = Resident.objects.in_region(found.region).filter(resident_no=number).first()
        if resident is None:
            problem = _("There is nobody with this number on the list of residents.")
        else:
            try:
                return _enter(request, found, resident, form, read_units(request.POST, units))
            except VoucherProblem as refused:
                problem = sentence(refused)
    context = {
        **staff_site.each_context(request),
        "title": _("Enter an application: %(programme)s") % {"programme": found},
        "programme": found,
        "form": form,
        "problem": problem,
        "units": [(unit, field_of(unit.slug), request.POST.get(field_of(unit.slug), "0")) for unit in units],
    }
    return render(request, "staff/application_entry.html", context, status=422 if problem else 200)


def treat_view(request: HttpRequest, application: str) -> HttpResponse:
    """Settle what is unclear, correct what is asked for, or find that the application does not count."""
    found = _application(request, application)
    if request.method == "POST":
        try:
            _treat(request, found)
        except VoucherProblem as refused:
            messages.error(request, sentence(refused))
        else:
            messages.success(request, _("Done."))
    return redirect(reverse("staff:vouchers_application_change", args=[found.pk]))


def application_panel(request: HttpRequest, application: Application) -> tuple[str, dict[str, Any]]:
    """What it asks for, and what the office can do with it."""
    lines = application.lines.select_related("unit")
    context = {
        "application": application,
        "lines": [(line, field_of(line.unit.slug)) for line in lines],
        "may_change": application.is_open and is_open(application.programme, at=timezone.now()),
    }
    return "staff/application_panel.html", context


def applications_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """Programmes that take applications or wait for their draw, on the site's first page."""
    programmes = Programme.objects.filter(
        region__in=staff_site.scope_ids(request), allotment=Allotment.LOTTERY, status=ProgrammeStatus.PUBLISHED
    ).select_related("region")[:20]
    rows = []
    for programme in programmes:
        live = Application.objects.filter(programme=programme).live()
        unclear = live.filter(status="submitted").exclude(question="").count()
        rows.append((programme, live.count(), unclear, is_open(programme, at=timezone.now())))
    return "staff/applications_open.html", {"rows": rows}


def _enter(
    request: HttpRequest, programme: Programme, resident: Resident, form: EntryForm, units: dict[str, object]
) -> HttpResponse:
    by: Any = request.user
    facts = form.cleaned_data
    application = submit(
        programme=programme,
        resident=resident,
        units=units,
        channel=Channel(facts["channel"]),
        by=by,
        question=facts["question"],
    )
    message = _("Entered: %(number)s for %(name)s") % {"number": application.number, "name": resident.name}
    messages.success(request, message)
    return redirect(reverse("staff:application-entry", args=[programme.pk]))


def _treat(request: HttpRequest, application: Application) -> None:
    by: Any = request.user
    what = request.POST.get("what", "")
    if what == "invalid":
        mark_invalid(application.pk, reason=request.POST.get("reason", "")[:400], by=by)
    elif what == "question":
        ask_about(application.pk, question=request.POST.get("question", "")[:400])
    elif what == "change":
        units = read_units(request.POST, list(application.programme.units.all()))
        change(application.pk, units=units, by=by)


def _programme(request: HttpRequest, programme: str) -> Programme:
    found = Programme.objects.filter(
        pk=programme, region__in=staff_site.scope_ids(request), allotment=Allotment.LOTTERY
    )
    here: Programme | None = found.select_related("region").first()
    if here is None:
        raise Http404
    return here


def _application(request: HttpRequest, application: str) -> Application:
    found = Application.objects.filter(pk=application, region__in=staff_site.scope_ids(request))
    here: Application | None = found.select_related("programme", "resident").first()
    if here is None:
        raise Http404
    return here
