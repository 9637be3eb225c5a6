"""The shop's pages at a till: the big screen, and the customer's code taken by camera or by hand."""

import time
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import MemberRole, Till
from merchants.portal import portal_site
from payments.code_payments import CodeRequest, find_taken, take_code
from payments.errors import CodeUnknown
from payments.forms import read_yen
from payments.models import PayCode
from payments.pay_codes import CodeState, state_of
from payments.refusals import REFUSED, tell_shop
from payments.wording import wording
from regions.yen import yen

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class TakeForm(forms.Form):
    """At which till, how much, and what the customer showed."""

    till = forms.ModelChoiceField(
        label=gettext_lazy("till"),
        queryset=Till.objects.none(),
        empty_label=None,
        widget=forms.Select(attrs={"class": "house-input"}),
    )
    amount = forms.CharField(
        label=gettext_lazy("amount (yen)"),
        max_length=16,
        widget=forms.TextInput(attrs={"class": "house-input take-input", **DIGITS}),
    )
    code = forms.CharField(
        label=gettext_lazy("the customer's code"),
        max_length=512,
        widget=forms.TextInput(attrs={"class": "house-input take-input", **DIGITS}),
    )

    def __init__(self, tills: Any, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["till"]
        field.queryset = tills

    def clean_amount(self) -> int:
        amount = read_yen(self.cleaned_data["amount"])
        if amount is None:
            raise forms.ValidationError(_("Please type the amount in whole yen, with digits only, for example 1234."))
        return amount


def screen_view(request: HttpRequest) -> HttpResponse:
    """One till's payments for a tablet beside it; without a till, the choice of one."""
    tills = list(_tills(request))
    chosen = next((till for till in tills if str(till.pk) == request.GET.get("till")), None)
    if chosen is None and len(tills) == 1:
        chosen = tills[0]
    query = urlencode({"till": chosen.pk}) if chosen else ""
    context = {"tills": tills, "till": chosen, "address": f"{reverse('portal:live')}?{query}"}
    return render(request, "portal/screen.html", context)


def take_view(request: HttpRequest) -> HttpResponse:
    """The form (GET), and the payment or the question to the customer (POST)."""
    until = time.monotonic() + settings.PAYMENT_BUDGET
    form = TakeForm(_tills(request), request.POST or None, {"till": request.GET.get("till")})
    problem = ""
    if form.is_valid():
        values = form.cleaned_data
        try:
            code = take_code(CodeRequest(values["till"], values["code"], values["amount"]), until=until)
        except REFUSED as refused:
            problem = tell_shop(refused)
        else:
            return redirect("portal:taken", code=code.pk)
    context = {
        **portal_site.each_context(request),
        "title": _("Take a customer's code"),
        "form": form,
        "problem": problem,
    }
    return render(request, "portal/take.html", context, status=422 if problem or form.errors else 200)


def taken_view(request: HttpRequest, code: UUID) -> HttpResponse:
    """What has become of a code that a till of the person's took, as a page, or as JSON for the page that waits."""
    try:
        found = find_taken(code, tills=_tills(request))
    except CodeUnknown as problem:
        raise Http404 from problem
    outcome = _outcome(found)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"state": outcome["state"]})
    context = {**portal_site.each_context(request), "title": outcome["words"], "code": found, **outcome}
    return render(request, "portal/taken.html", context)


def till_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The ways to what is used at a till, on the portal's first page."""
    owns = bool(portal_site.merchants_as(request, MemberRole.OWNER))
    return "portal/till_panel.html", {"owns": owns, "has_tills": _tills(request).exists()}


def _tills(request: HttpRequest) -> Any:
    return portal_site.tills(request).filter(store__is_active=True).order_by("store__kana", "store__name", "name")


def _outcome(code: PayCode) -> dict[str, Any]:
    """State, words and tone for the counter; `waiting` while there is something to wait for."""
    state = state_of(code)
    shown: dict[str, Any] = {"amount": yen(code.amount or 0), "waiting": False, "state": str(state), "tone": "danger"}
    if code.payment:
        found = wording(code.payment)
        waiting = code.payment.is_in_doubt
        return {
            **shown,
            "state": str(code.payment.status),
            "words": found.words,
            "tone": found.tone,
            "waiting": waiting,
        }
    if state is CodeState.ASKED:
        return {**shown, "words": _("The customer is being asked"), "tone": "warning", "waiting": True}
    if state is CodeState.REFUSED:
        return {**shown, "words": _("The customer said no")}
    return {**shown, "words": _("No answer in time")}
