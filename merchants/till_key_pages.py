"""An owner's keys for till systems, at the portal: made and shown once, looked at, revoked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from merchants.models import MemberRole, TillKey
from merchants.portal import portal_site
from merchants.till_keys import make_key, revoke_key

NAME_MAX = 60


def keys_view(request: HttpRequest) -> HttpResponse:
    """The keys of the person's merchants (GET), and a new one (POST), whose secret is on this one page only."""
    merchants = portal_site.merchants_as(request, MemberRole.OWNER)
    if not merchants:
        raise PermissionDenied
    secret, problem = "", ""
    if request.method == "POST":
        merchant = next((m for m in merchants if str(m.pk) == request.POST.get("merchant")), None)
        name = request.POST.get("name", "").strip()[:NAME_MAX]
        if merchant is None:
            raise Http404
        if name:
            user: Any = request.user
            _key, secret = make_key(merchant=merchant, name=name, by=user)
        else:
            problem = _("Please give the key a name, such as that of the till system.")
    keys = TillKey.objects.filter(merchant__in=merchants).select_related("merchant", "made_by")
    context = {
        **portal_site.each_context(request),
        "title": _("Keys for till systems"),
        "merchants": merchants,
        "keys": keys,
        "secret": secret,
        "problem": problem,
    }
    return render(request, "portal/till_keys.html", context, status=422 if problem else 200)


@require_POST
def revoke_view(request: HttpRequest, till_key: UUID) -> HttpResponse:
    """End a key of one of the person's merchants."""
    merchants = portal_site.merchants_as(request, MemberRole.OWNER)
    key = TillKey.objects.filter(pk=till_key, merchant__in=merchants).first()
    if key is None:
        raise Http404
    revoke_key(key)
    messages.success(
        request, _("The key “%(name)s” is revoked. Nothing can be done with it any more.") % {"name": key.name}
    )
    return redirect("portal:till-keys")


portal_site.add_page("till-keys/", keys_view, "till-keys")
portal_site.add_page("till-keys/<uuid:till_key>/revoke/", revoke_view, "till-key-revoke")
