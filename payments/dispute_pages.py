"""A disputed payment decided from its page at the secretariat's site: asked, confirmed, told."""

from collections.abc import Iterable
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

from payments.disputes import REASON_LENGTH_MIN, resolve_dispute
from payments.errors import AlreadyDecided, PaymentProblem
from payments.models import DisputeDecision, DisputeOutcome, Payment
from payments.states import Status
from payments.wording import notarys_reason
from regions.admin_base import NOBODY, UnfoldAdminTextInputWidget, Who
from regions.yen import yen

OPEN, DECIDED = "open", "decided"


class DisputeFilter(SimpleListFilter):
    """The work list: payments that wait for a decision of the office, and those that had one."""

    title = gettext_lazy("decision of the office")
    parameter_name = "dispute"
    rows = {OPEN: Q(status=Status.DISPUTED), DECIDED: Q(dispute_decision__isnull=False)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(OPEN, _("needs a decision")), (DECIDED, _("decided by the office"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        chosen = self.rows.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


class DisputeForm(forms.Form):
    """How it ends, and why."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("decision"),
        choices=DisputeOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one of the two.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        min_length=REASON_LENGTH_MIN,
        max_length=400,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "For example whom you asked, and what the store handed over. It stays with the payment."
        ),
        error_messages={
            "required": gettext_lazy("A decision needs a reason."),
            "min_length": gettext_lazy("Please give the reason in at least %(limit_value)d characters."),
        },
    )


class DisputePages:
    """Adds the page that decides a dispute to a payment's admin page. A mixin; `decide_by` says who may."""

    decide_by: Who = NOBODY
    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.dispute_view)
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("<path:object_id>/dispute/", view, name="payments_payment_dispute"), *urls]

    def dispute_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        payment = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if payment is None or self.admin_site.standing(request) not in self.decide_by:
            raise Http404
        form = DisputeForm(request.POST or None)
        if form.is_valid() and "confirmed" in request.POST:
            return self._decide(request, payment, form)
        return self._ask_decision(request, payment, form)

    def _ask_decision(self, request: HttpRequest, payment: Payment, form: DisputeForm) -> HttpResponse:
        is_valid = form.is_bound and form.is_valid()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Decide this payment"),
            "payment": payment,
            "form": form,
            "notarys_reason": notarys_reason(payment),
            "is_open": payment.status == Status.DISPUTED,
            "confirming": is_valid,
            "outcome_words": DisputeOutcome(form.cleaned_data["outcome"]).label if is_valid else "",
            "consequence": consequence(payment, form.cleaned_data["outcome"]) if is_valid else "",
        }
        return render(request, "staff/dispute.html", context)

    def _decide(self, request: HttpRequest, payment: Payment, form: DisputeForm) -> HttpResponse:
        to, reason, now = Status(form.cleaned_data["outcome"]), form.cleaned_data["reason"], timezone.now()
        try:
            decision = resolve_dispute(payment, to=to, reason=reason, by=request.user, now=now)  # type: ignore[arg-type]
        except PaymentProblem as problem:
            messages.error(request, refusal(payment, problem))
            return self._back_to(payment)
        # Another time is that of somebody else's decision, or of this one when its button was pressed twice.
        if decision.decided_at == now:
            what = f"{_('decision')}: {decision.get_outcome_display()} ({decision.reason})"
            self.log_change(request, payment, what)  # type: ignore[attr-defined]
        messages.success(request, told(decision))
        return self._back_to(payment)

    def _back_to(self, payment: Payment) -> HttpResponse:
        return redirect(reverse(f"{self.admin_site.name}:payments_payment_change", args=[payment.pk]))


def consequence(payment: Payment, outcome: str) -> str:
    """What the decision would do, in one sentence, before it is taken."""
    facts = {"yen": yen(payment.amount), "store": payment.store.name}
    if outcome == DisputeOutcome.COMPLETED:
        return _("%(store)s is paid %(yen)s, and the resident's vouchers stay used.") % facts
    return _("%(yen)s go back to the resident's vouchers, and %(store)s is not paid.") % facts


def told(decision: DisputeDecision) -> str:
    """What was decided and by whom: not always by the person who has just pressed the button."""
    facts = {"decision": decision.get_outcome_display(), "who": str(decision.decided_by)}
    return _("Decided: %(decision)s (%(who)s)") % facts


def refusal(payment: Payment, problem: PaymentProblem) -> str:
    """Why nothing was decided."""
    if isinstance(problem, AlreadyDecided):
        stands = told(DisputeDecision.objects.select_related("decided_by").get(payment=payment))
        return _("Somebody has decided this payment already. Nothing was changed. %(stands)s") % {"stands": stands}
    return _("There is nothing to decide on this payment. Nothing was changed.")
