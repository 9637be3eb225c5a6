"""A resident's application as pages: asked, confirmed, sent; looked at, changed, withdrawn."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from regions.models import Region, Resident
from vouchers.application_refusals import sentence
from vouchers.application_terms import limits_of, offers_to, person_of, refuse_whom_it_is_not_for, units_for
from vouchers.applications import change, is_open, submit, withdraw
from vouchers.eligibility import check_units
from vouchers.errors import NotEligible, VoucherProblem
from vouchers.models import Order, Programme, Unit
from vouchers.models.application import Application
from vouchers.programme_pages import application_of, find_programme, sealed_draw
from vouchers.resident_pages import residents_page

DIGITS_AT_MOST = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit on the form: what was typed, and as a number how many that is."""

    unit: Unit
    typed: str
    units: int = 0

    @property
    def field(self) -> str:
        return field_of(self.unit.slug)

    @property
    def price(self) -> int:
        return self.unit.price * self.units

    @property
    def face(self) -> int:
        return self.unit.face * self.units


def field_of(slug: str) -> str:
    return f"units-{slug}"


def read_units(data: Mapping[str, Any], units: list[Unit]) -> dict[str, object]:
    """The numbers that were typed, by the units' slugs; what is no number stays as it was typed, to be refused."""
    return {unit.slug: read_number(str(data.get(field_of(unit.slug), ""))) for unit in units}


def read_number(text: str) -> object:
    """A whole number in whatever width its digits were typed; nothing is zero."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return 0
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= DIGITS_AT_MOST else plain


@residents_page
def apply(request: HttpRequest, region: Region, resident: Resident, slug: str) -> HttpResponse:
    """The form (GET), the question whether it is right (POST), and the application (POST, confirmed)."""
    programme, now = find_programme(region, slug), timezone.now()
    there = application_of(programme, resident)
    if not is_open(programme, at=now):
        return redirect("application" if there else "programme", region.slug, slug)
    on, person = timezone.localdate(now), person_of(resident)
    try:
        refuse_whom_it_is_not_for(programme, person, on=on)
    except NotEligible as problem:
        return _not_for(request, programme, problem)
    units = units_for(programme, person, on=on)
    there = there if there and there.is_open else None
    if request.method != "POST":
        return _ask(request, programme, _choices(units, _asked_before(there)), there)
    asked = read_units(request.POST, units)
    try:
        check_units(asked, offers_to(programme, person, on=on), limits_of(programme))
        if "confirmed" in request.POST:
            return _send(request, programme, resident, asked, there)
    except VoucherProblem as problem:
        return _ask(request, programme, _choices(units, asked), there, sentence(problem))
    if "back" in request.POST:
        return _ask(request, programme, _choices(units, asked), there)
    chosen = [choice for choice in _choices(units, asked) if choice.units]
    context = {"programme": programme, "application": there, **_sums(chosen), "choices": chosen}
    return render(request, "vouchers/apply_confirm.html", context)


@residents_page
def application(request: HttpRequest, region: Region, resident: Resident, slug: str) -> HttpResponse:
    """The person's application: its number, what it asks for, and what has become of it."""
    programme = find_programme(region, slug)
    found = application_of(programme, resident)
    if found is None:
        return redirect("programme", region.slug, slug)
    context = {
        "programme": programme,
        "application": found,
        "lines": found.lines.all(),
        "draw": sealed_draw(programme),
        "order": Order.objects.filter(application_id=found.pk).first(),
        "may_change": found.is_open and is_open(programme, at=timezone.now()),
    }
    return render(request, "vouchers/application.html", context)


@residents_page
def withdraw_application(request: HttpRequest, region: Region, resident: Resident, slug: str) -> HttpResponse:
    """The question whether to withdraw (GET), and the withdrawal (POST)."""
    programme = find_programme(region, slug)
    found = application_of(programme, resident)
    if found is None:
        raise Http404
    if request.method != "POST":
        return render(request, "vouchers/application_withdraw.html", {"programme": programme, "application": found})
    try:
        withdraw(found.pk)
    except VoucherProblem as problem:
        messages.error(request, sentence(problem))
    else:
        messages.success(request, _("Your application is withdrawn."))
    return redirect("application", region.slug, slug)


def _send(
    request: HttpRequest,
    programme: Programme,
    resident: Resident,
    asked: Mapping[str, object],
    there: Application | None,
) -> HttpResponse:
    if there:
        change(there.pk, units=asked)
        messages.success(request, _("Your application is changed."))
    else:
        submit(programme=programme, resident=resident, units=asked)
        messages.success(request, _("We have received your application."))
    return redirect("application", programme.region.slug, programme.slug)


def _ask(
    request: HttpRequest,
    programme: Programme,
    choices: list[Choice],
    there: Application | None,
    problem: str = "",
) -> HttpResponse:
    context = {"programme": programme, "choices": choices, "application": there, "problem": problem}
    return render(request, "vouchers/apply.html", context, status=422 if problem else 200)


def _not_for(request: HttpRequest, programme: Programme, problem: NotEligible) -> HttpResponse:
    context = {"programme": programme, "problem": sentence(problem)}
    return render(request, "vouchers/apply_not_for.html", context, status=403)


def _choices(units: list[Unit], asked: Mapping[str, object]) -> list[Choice]:
    return [_choice(unit, asked.get(unit.slug, 0)) for unit in units]


def _choice(unit: Unit, units: object) -> Choice:
    if isinstance(units, int):
        return Choice(unit, str(units), units)
    return Choice(unit, str(units))


def _asked_before(there: Application | None) -> dict[str, object]:
    return {line.unit.slug: line.units_asked for line in there.lines.all()} if there else {}


def _sums(choices: list[Choice]) -> dict[str, int]:
    price, face = sum(choice.price for choice in choices), sum(choice.face for choice in choices)
    return {"price": price, "face": face, "premium": face - price}
