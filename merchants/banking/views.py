"""The page behind the link in the e-mail about a changed bank account: look, and stop it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from merchants.banking.accounts import stop_account_change
from merchants.banking.links import account_of_link
from merchants.errors import AccountInForce
from regions.access import find_region


@never_cache
def account_stop(request: Any, region: str, key: str) -> HttpResponse:
    """Show what is to be changed, with the number masked; stopped by a POST, and only before it is in force."""
    request.region = find_region(region)
    account = account_of_link(request.region, key)
    if account is None:
        raise Http404
    if request.method == "POST":
        try:
            stop_account_change(account.pk, reason=_("stopped with the link in the e-mail"))
        except AccountInForce:
            return _show(request, account, status=409)
        return redirect(request.path)
    return _show(request, account)


def _show(request: HttpRequest, account: Any, status: int = 200) -> HttpResponse:
    in_force = account.ended_at is None and account.effective_at is not None and account.effective_at <= timezone.now()
    context = {"account": account, "is_in_force": in_force, "region": account.region}
    return render(request, "merchants/account_stop.html", context, status=status)
