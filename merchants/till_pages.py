"""A till at the portal: renamed, closed, opened again, and another one added, by an owner."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.errors import TillNameTaken
from merchants.models import MemberRole, Store
from merchants.portal import portal_site
from merchants.tills import add_till, rename_till, set_open
from regions.admin_base import UnfoldAdminTextInputWidget


class TillForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("name of the till"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )


def tills_view(request: HttpRequest, store: UUID) -> HttpResponse:
    """Take what the panel's forms post; the store must belong to a business that the person owns."""
    owned = [merchant.pk for merchant in portal_site.merchants_as(request, MemberRole.OWNER)]
    found = Store.objects.filter(pk=store, merchant__in=owned).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            _act(request, found)
        except TillNameTaken:
            messages.error(request, _("There is a till of this name already."))
    return redirect(reverse("portal:merchants_store_change", args=[found.pk]))


def _act(request: HttpRequest, store: Store) -> None:
    action, form = request.POST.get("do"), TillForm(request.POST)
    till = None
    if action != "add":
        try:
            till = store.tills.filter(pk=UUID(request.POST.get("row", ""))).first()
        except ValueError:
            till = None
    if action == "add" and form.is_valid():
        add_till(store=store, name=form.cleaned_data["name"])
    elif action == "rename" and till and form.is_valid():
        rename_till(till, name=form.cleaned_data["name"])
    elif action in ("open", "close") and till:
        set_open(till, is_open=action == "open")
    else:
        messages.error(request, _("Please give the till a name."))
        return
    messages.success(request, _("Done."))


def tills_panel(request: HttpRequest, store: Store) -> tuple[str, dict[str, Any]]:
    return "portal/tills.html", {
        "store": store,
        "tills": store.tills.order_by("name"),
        "form": TillForm(),
        "may": portal_site.may(request, store.merchant_id, MemberRole.OWNER),
    }


portal_site.add_page("stores/<uuid:store>/tills/", tills_view, "store-tills")
portal_site.add_panel(Store, tills_panel)
