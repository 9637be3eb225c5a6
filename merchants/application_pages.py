"""Applications at the secretariat's site: the queue, one application with remarks, and the decision on it."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.errors import ApplicationDecided, BusinessNameTaken, MerchantProblem, ReasonMissing
from merchants.joining.remarks import remarks, sizes_by_rule
from merchants.joining.review import OtherSize, approve, ask_back, refuse
from merchants.joining.trades import trade_label
from merchants.models import OPEN_STATES, ApplicationState, JoinApplication, Merchant, SizeClass
from merchants.size_words import REASONS
from regions.admin_base import (
    OFFICE,
    RegionScopedAdmin,
    UnfoldAdminTextInputWidget,
    display,
)
from regions.staff_site import staff_site

TONES = {
    ApplicationState.SUBMITTED: "warning",
    ApplicationState.ASKED_BACK: "info",
    ApplicationState.APPROVED: "success",
    ApplicationState.REFUSED: "danger",
    ApplicationState.WITHDRAWN: "info",
}
APPROVE, ASK_BACK, REFUSE = "approve", "ask_back", "refuse"
QUEUE, ALL = "queue", "all"
BY_RULE = ""


class QueueFilter(SimpleListFilter):
    """Those that wait for the office, unless others are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(QUEUE, _("open")), *ApplicationState.choices, (ALL, _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JoinApplication]) -> QuerySet[JoinApplication]:
        chosen = self.value() or QUEUE
        if chosen == QUEUE:
            return queryset.filter(state__in=OPEN_STATES)
        return queryset.filter(state=chosen) if chosen in ApplicationState.values else queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        for key, words in self.lookup_choices:
            yield {
                "selected": key == (self.value() or QUEUE),
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": words,
            }


class ReviewForm(forms.Form):
    """The decision, its text, the merchant that gets the shops, and sizes other than the rule's."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("decision"),
        choices=[
            (APPROVE, gettext_lazy("approve")),
            (ASK_BACK, gettext_lazy("ask back")),
            (REFUSE, gettext_lazy("refuse")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one.")},
    )
    text = forms.CharField(
        label=gettext_lazy("text to the business"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "house-input"}),
        help_text=gettext_lazy("Needed when you ask back or refuse. The business reads it as it stands here."),
    )
    merchant = forms.ModelChoiceField(
        Merchant.objects.none(),
        label=gettext_lazy("the shops belong to"),
        required=False,
        empty_label=gettext_lazy("a new merchant"),
        widget=forms.Select(attrs={"class": "house-input"}),
    )

    def __init__(self, application: JoinApplication, known: list[Merchant], data: Any = None) -> None:
        super().__init__(data)
        self.application = application
        self.fields["merchant"].queryset = Merchant.objects.in_region(application.region_id).filter(  # type: ignore[attr-defined]
            pk__in=[merchant.pk for merchant in known]
        )
        for shop in application.stores.all():
            self.fields[f"size-{shop.pk}"] = forms.ChoiceField(
                label=_("size of %(shop)s") % {"shop": shop.name},
                choices=[(BY_RULE, _("by the rule")), *SizeClass.choices],
                required=False,
                widget=forms.Select(attrs={"class": "house-input"}),
            )
            self.fields[f"why-{shop.pk}"] = forms.CharField(
                label=_("reason, if not by the rule"),
                max_length=400,
                required=False,
                widget=UnfoldAdminTextInputWidget(),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("outcome") in (ASK_BACK, REFUSE) and not cleaned.get("text", "").strip():
            self.add_error("text", _("Please write to the business why."))
        for shop in self.application.stores.all():
            if cleaned.get(f"size-{shop.pk}") and not cleaned.get(f"why-{shop.pk}", "").strip():
                self.add_error(f"why-{shop.pk}", _("Please say why it is not as the rule says."))
        return cleaned

    @property
    def sizes(self) -> dict[UUID, OtherSize]:
        given = self.cleaned_data
        return {
            shop.pk: OtherSize(SizeClass(given[f"size-{shop.pk}"]), given[f"why-{shop.pk}"])
            for shop in self.application.stores.all()
            if given[f"size-{shop.pk}"]
        }


class JoinApplicationAdmin(RegionScopedAdmin):
    icon = "assignment_add"
    view_by = OFFICE
    list_display = ("name", "number", "state_shown", "submitted_at", "age", "shops_count", "region")
    list_filter = (QueueFilter, "region")
    list_select_related = ("region",)
    search_fields = ("name", "kana", "number", "contact_email", "contact_phone", "invoice_number", "stores__name")
    ordering = ("-submitted_at",)
    fieldsets = (
        (None, {"fields": ["number", "state", "submitted_at", "pledged_at", "region"]}),
        (
            gettext_lazy("Business"),
            {
                "fields": [
                    *("name", "kana", "representative", "postcode", "address"),
                    *("head_office", "capital", "invoice_number"),
                ]
            },
        ),
        (gettext_lazy("Contact"), {"fields": ["contact_name", "contact_email", "contact_phone"]}),
        (gettext_lazy("Payments"), {"fields": ["wanted", "takes_app", "takes_card", "takes_paper"]}),
    )
    readonly_fields = ("wanted",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(shops_count=Count("stores", distinct=True))

    @display(description=gettext_lazy("state"), label=TONES)
    def state_shown(self, application: JoinApplication) -> tuple[str, str]:
        return application.state, str(application.get_state_display())

    @display(description=gettext_lazy("days waiting"), ordering="-submitted_at")
    def age(self, application: JoinApplication) -> str:
        return str((timezone.now() - application.submitted_at).days) if application.is_open else "-"

    @display(description=gettext_lazy("shops"))
    def shops_count(self, application: Any) -> int:
        return application.shops_count  # type: ignore[no-any-return]

    @display(description=gettext_lazy("ticket types wanted"))
    def wanted(self, application: JoinApplication) -> str:
        return "、".join(str(kind) for kind in application.ticket_types.all()) or "-"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.review_view)
        return [path("<path:object_id>/review/", view, name="merchants_joinapplication_review"), *super().get_urls()]

    def review_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Everything to know on one page, and the decision."""
        application = self.get_object(request, object_id)
        if application is None:
            raise Http404
        found = remarks(application)
        known = [remark.merchant for remark in found if remark.merchant]
        form = ReviewForm(application, known, request.POST or None)
        if request.method == "POST" and form.is_valid() and self._decide(request, application, form):
            return redirect(reverse("staff:merchants_joinapplication_change", args=[application.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": str(application),
            "application": application,
            "form": form,
            "remarks": found,
            "shops": shop_rows(application),
        }
        return render(request, "staff/application_review.html", context)

    def _decide(self, request: HttpRequest, application: JoinApplication, form: ReviewForm) -> bool:
        user: Any = request.user
        given = form.cleaned_data
        try:
            if given["outcome"] == ASK_BACK:
                ask_back(application, by=user, text=given["text"])
            elif given["outcome"] == REFUSE:
                refuse(application, by=user, reason=given["text"])
            else:
                approve(application, by=user, text=given["text"], merchant=given["merchant"], sizes=form.sizes)
        except MerchantProblem as problem:
            messages.error(request, _refusal(problem))
            return isinstance(problem, ApplicationDecided)
        self.log_change(request, application, given["outcome"])
        messages.success(request, _("Done. The business is told by e-mail."))
        return True


def _refusal(problem: MerchantProblem) -> str:
    if isinstance(problem, ApplicationDecided):
        return _("This was decided in the meantime. Nothing was changed.")
    if isinstance(problem, BusinessNameTaken):
        return _("A merchant of this name takes part already. Choose it below, or ask the business back.")
    if isinstance(problem, ReasonMissing):
        return _("A decision needs a reason.")
    return _("This is not possible. Nothing was changed.")


def shop_rows(application: JoinApplication) -> list[dict[str, Any]]:
    """The shops with their trade, and their size in each programme by its rule."""
    verdicts: dict[UUID, list[str]] = {}
    for shop, programme, verdict in sizes_by_rule(application):
        words = f"{programme}: {SizeClass(verdict.size).label} ({REASONS[verdict.reason]})"
        verdicts.setdefault(shop.pk, []).append(words)
    return [
        {"shop": shop, "trade": trade_label(shop.category), "sizes": verdicts.get(shop.pk, [])}
        for shop in application.stores.all()
    ]


def application_panel(request: HttpRequest, application: JoinApplication) -> tuple[str, dict[str, Any]]:
    """Below the application: its shops, remarks, every step, and the way to the decision."""
    return "staff/application.html", {
        "application": application,
        "shops": shop_rows(application),
        "remarks": remarks(application) if application.is_open else [],
        "steps": application.steps.select_related("by").order_by("at", "id"),
    }


def applications_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """How many wait, on the site's first page."""
    waiting = JoinApplication.objects.filter(region__in=staff_site.scope_ids(request))
    count = waiting.filter(state=ApplicationState.SUBMITTED).count()
    return "staff/applications_waiting.html", {"count": count}
