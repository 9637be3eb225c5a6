"""What a resident can claim, one grant with its confirmation, and the page that a letter's code is typed on."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from regions.access import find_region, residency
from regions.dates import NoSuchDay, read_day
from regions.models import Region, Resident, User
from regions.yen import yen
from vouchers.errors import BudgetExceeded, CodeMistyped, CodeRefused, NotClaimable, TooManyGuesses
from vouchers.grants.claims import Typed, claim, claim_by_code, decline, open_to
from vouchers.models import Entitlement

RETRY_AFTER = "3600"


class CodeForm(forms.Form):
    """The code, and the date of birth of somebody whom the region's list does not know by this sign-in."""

    code = forms.CharField(
        label=gettext_lazy("code of the letter"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "data-code": ""}
        ),
        error_messages={"required": gettext_lazy("Please type the code of the letter.")},
    )
    birth_on = forms.CharField(
        label=gettext_lazy("date of birth"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "bday"}),
    )

    def clean_birth_on(self) -> Any:
        text = self.cleaned_data["birth_on"]
        try:
            return read_day(text) if text else None
        except NoSuchDay as problem:
            raise forms.ValidationError(str(problem)) from problem


@never_cache
def grants(request: HttpRequest, region: str) -> HttpResponse:
    """What is offered, and what was claimed, declined, stopped or missed before."""
    here = _arrive(request, region)
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    resident = residency(request.user, here)
    if resident is None:
        return redirect("grant-claim", here.slug)
    with timezone.override(here.tz):
        offered = open_to(resident, now=timezone.now()).select_related("ticket_type", "programme", "child")
        ids = [row.pk for row in offered]
        mine = Entitlement.objects.filter(resident=resident).exclude(state="proposed").exclude(pk__in=ids)
        context = {"offered": offered, "past": mine.select_related("ticket_type", "programme")[:50]}
        return render(request, "grants/grants.html", context)


@never_cache
def grant(request: HttpRequest, region: str, entitlement: UUID) -> HttpResponse:
    """One grant that is offered: claimed or declined, each asked once more."""
    here = _arrive(request, region)
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    resident = residency(request.user, here)
    mine = Entitlement.objects.filter(pk=entitlement, resident=resident).exclude(state="proposed")
    row = mine.select_related("ticket_type", "programme", "child").first() if resident else None
    if resident is None or row is None:
        raise Http404
    with timezone.override(here.tz):
        wanted = request.POST.get("wanted", "")
        if request.method == "POST" and wanted in {"claim", "decline"} and "confirmed" in request.POST:
            return _carry_out(request, here, resident, row, wanted)
        is_open = open_to(resident, now=timezone.now()).filter(pk=row.pk).exists()
        return render(request, "grants/grant.html", {"row": row, "is_open": is_open, "wanted": wanted})


def _carry_out(request: HttpRequest, region: Region, resident: Resident, row: Entitlement, wanted: str) -> HttpResponse:
    user: Any = request.user
    try:
        if wanted == "claim":
            claim(row.pk, resident=resident, by=user)
            _say_claimed(request, row)
        else:
            decline(row.pk, resident=resident, by=user)
            messages.success(request, _("You have declined the vouchers."))
    except NotClaimable:
        messages.error(request, _("This was claimed or ended already. Nothing was changed."))
    except BudgetExceeded:
        messages.error(request, _("This is not possible at the moment. Please ask the secretariat."))
    return redirect("grants", region.slug)


@never_cache
def claim_page(request: HttpRequest, region: str) -> HttpResponse:
    """The code of a letter typed in; the page says no more than that it is right, mistyped, or not accepted."""
    here = _arrive(request, region)
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    with timezone.override(here.tz):
        form = CodeForm(request.POST or None)
        if form.is_valid() and (answer := _try_code(request, here, form)):
            return answer
        context = {"form": form, "is_listed": residency(request.user, here) is not None}
        return render(request, "grants/claim.html", context)


def _try_code(request: HttpRequest, region: Region, form: CodeForm) -> HttpResponse | None:
    user: Any = request.user
    typed = Typed(region, user, request.META.get("REMOTE_ADDR", ""), **form.cleaned_data)
    try:
        row = claim_by_code(typed)
    except CodeMistyped:
        form.add_error("code", _("Something is mistyped. Please compare it with the letter, group by group."))
    except TooManyGuesses:
        answer = render(request, "grants/too_many.html", status=429)
        answer["Retry-After"] = RETRY_AFTER
        return answer
    except CodeRefused:
        form.add_error(None, _("This was not accepted. If the letter is yours and new, please ask the secretariat."))
    except BudgetExceeded:
        form.add_error(None, _("This is not possible at the moment. Please ask the secretariat."))
    else:
        _say_claimed(request, row)
        return redirect("grants", region.slug)
    return None


def _say_claimed(request: HttpRequest, row: Entitlement) -> None:
    messages.success(request, _("You have got vouchers worth %(amount)s.") % {"amount": yen(row.amount)})


def _arrive(request: HttpRequest, slug: str) -> Region:
    found = find_region(slug)
    request.region = found  # type: ignore[attr-defined]
    return found
