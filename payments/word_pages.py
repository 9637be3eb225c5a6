"""The table of a till's words for a day without a network, at the portal: only the shop's own people print it."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import Till
from merchants.portal import portal_site
from payments.word_table import DAYS_AHEAD, is_printable, word_table_pdf

HOURS = [(hour, f"{hour}:00") for hour in range(25)]
SELECT = {"class": "house-input"}


class TableForm(forms.Form):
    """Which till, which day, and the shop's hours."""

    till = forms.ModelChoiceField(
        label=gettext_lazy("till"), queryset=Till.objects.none(), empty_label=None, widget=forms.Select(attrs=SELECT)
    )
    day = forms.DateField(
        label=gettext_lazy("day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={**SELECT, "type": "date"})
    )
    first = forms.TypedChoiceField(
        label=gettext_lazy("from"), choices=HOURS[:-1], coerce=int, widget=forms.Select(attrs=SELECT)
    )
    last = forms.TypedChoiceField(
        label=gettext_lazy("until"), choices=HOURS[1:], coerce=int, widget=forms.Select(attrs=SELECT)
    )

    def __init__(self, tills: Any, data: Any = None) -> None:
        super().__init__(data, initial={"day": timezone.localdate(), "first": 8, "last": 20})
        field: Any = self.fields["till"]
        field.queryset = tills

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not is_printable(day, today=timezone.localdate()):
            raise ValidationError(
                _("A table is printed for today or one of the next %(days)s days.") % {"days": DAYS_AHEAD}
            )
        return day

    def clean(self) -> None:
        values = self.cleaned_data
        if values.get("first", 0) >= values.get("last", 24):
            self.add_error("last", _("The last hour is later than the first."))


def words_view(request: HttpRequest) -> HttpResponse:
    """The form, and with `print` in the address the table as a file."""
    tills = portal_site.tills(request).filter(store__is_active=True)
    form = TableForm(tills, request.GET if "print" in request.GET else None)
    if form.is_valid():
        values = form.cleaned_data
        pdf = word_table_pdf(values["till"], day=values["day"], first_hour=values["first"], last_hour=values["last"])
        name = f"words-{values['till'].code}-{values['day']:%Y%m%d}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)
    context = {**portal_site.each_context(request), "title": _("Word table"), "form": form}
    return render(request, "portal/words.html", context, status=422 if form.errors else 200)
