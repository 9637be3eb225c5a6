"""People of a business at the portal and at the secretariat's site: who works there, invited and removed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.errors import LastOwner, WorksThereAlready
from merchants.invitations import cancel_invitation, invite, open_invitations
from merchants.models import MemberRole, Merchant, MerchantMember
from merchants.portal import portal_site
from merchants.staffing import remove_member
from regions.admin_base import UnfoldAdminTextInputWidget
from regions.staff_site import staff_site

Finder = Callable[[HttpRequest, UUID], Merchant]


class InviteForm(forms.Form):
    """To whom, and as what."""

    email = forms.EmailField(
        label=gettext_lazy("e-mail address"), widget=UnfoldAdminTextInputWidget(attrs={"type": "email"})
    )
    role = forms.ChoiceField(
        label=gettext_lazy("role"),
        choices=MemberRole.choices,
        initial=MemberRole.CLERK,
        widget=forms.Select(attrs={"class": "house-input"}),
    )


def _at_portal(request: HttpRequest, merchant: UUID) -> Merchant:
    """The merchant, if the person is an owner of it."""
    for business in portal_site.merchants_as(request, MemberRole.OWNER):
        if business.pk == merchant:
            return business
    raise Http404


def _at_office(request: HttpRequest, merchant: UUID) -> Merchant:
    found: Merchant = get_object_or_404(Merchant, pk=merchant, region__in=staff_site.scope_ids(request))
    return found


def people_view(site: Any, find: Finder) -> Callable[..., HttpResponse]:
    """A page that takes what the forms of the panel post, and goes back to the business."""

    def view(request: HttpRequest, merchant: UUID) -> HttpResponse:
        business = find(request, merchant)
        if request.method == "POST":
            _act(request, business)
        return redirect(reverse(f"{site.name}:merchants_merchant_change", args=[business.pk]))

    return view


def _act(request: HttpRequest, business: Merchant) -> None:
    action = request.POST.get("do")
    if action == "invite":
        _invite(request, business)
    elif action == "remove":
        _remove(request, business)
    elif action == "cancel":
        found = _among(open_invitations(at=None).filter(merchant=business), request)
        if found and cancel_invitation(found):
            messages.success(request, _("The invitation was cancelled."))


def _invite(request: HttpRequest, business: Merchant) -> None:
    form = InviteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please give an e-mail address and a role."))
        return
    user: Any = request.user
    given = form.cleaned_data
    try:
        invite(merchant=business, email=given["email"], role=MemberRole(given["role"]), by=user)
    except WorksThereAlready:
        messages.error(request, _("This person works there already."))
    else:
        messages.success(request, _("The invitation is on its way. It is valid for seven days."))


def _remove(request: HttpRequest, business: Merchant) -> None:
    member = _among(MerchantMember.objects.filter(merchant=business), request)
    if member is None:
        return
    try:
        remove_member(member)
    except LastOwner:
        messages.error(request, _("The last owner cannot be removed. Invite another one first."))
    else:
        messages.success(request, _("The person has no access any more."))


def _among(rows: Any, request: HttpRequest) -> Any:
    try:
        return rows.filter(pk=UUID(request.POST.get("row", ""))).first()
    except ValueError:
        return None


def people_panel(site: Any) -> Callable[..., tuple[str, dict[str, Any]]]:
    """Below a business: its people, the open invitations, and the form for another one, where the person may."""

    def panel(request: HttpRequest, merchant: Merchant) -> tuple[str, dict[str, Any]]:
        may = site is staff_site or portal_site.may(request, merchant.pk, MemberRole.OWNER)
        return "admin/people.html", {
            "merchant": merchant,
            "members": merchant.members.select_related("user").order_by("role", "user__name"),
            "invitations": open_invitations(at=timezone.now()).filter(merchant=merchant),
            "form": InviteForm(),
            "may": may,
            "address": reverse(f"{site.name}:people", args=[merchant.pk]),
        }

    return panel


portal_site.add_page("people/<uuid:merchant>/", people_view(portal_site, _at_portal), "people")
staff_site.add_page("people/<uuid:merchant>/", people_view(staff_site, _at_office), "people")
portal_site.add_panel(Merchant, people_panel(portal_site))
staff_site.add_panel(Merchant, people_panel(staff_site))
