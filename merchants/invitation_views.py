"""The page behind the link of an invitation."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from merchants.errors import InvitationUnknown, InvitedSomebodyElse
from merchants.invitations import accept_invitation, find_invitation
from regions.access import find_region
from regions.models import User


@never_cache
def invitation(request: Any, region: str, key: str) -> HttpResponse:
    """Show who invites as what; accepted by a POST of the person whose address it is."""
    request.region = find_region(region)
    try:
        found = find_invitation(region=request.region, key=key)
        if request.method == "POST":
            if not isinstance(request.user, User):
                return redirect_to_login(request.path)
            accept_invitation(region=request.region, key=key, user=request.user)
            return redirect("portal:index")
    except InvitationUnknown:
        return render(request, "merchants/invitation.html", {"region": request.region}, status=404)
    except InvitedSomebodyElse:
        pass
    is_other = isinstance(request.user, User) and (request.user.email or "").lower() != found.email
    context = {"region": request.region, "invitation": found, "is_other": is_other}
    return render(request, "merchants/invitation.html", context)
