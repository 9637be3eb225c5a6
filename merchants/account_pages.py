"""The bank account at the shops' portal: what is paid, what is coming, and asking for a change."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.banking.accounts import current_account, request_account_change, stop_account_change
from merchants.banking.forms import AccountForm
from merchants.errors import (
    AccountChangeUnderWay,
    AccountInForce,
    AccountUnchanged,
    MerchantProblem,
    SecondFactorMissing,
)
from merchants.joining.rules import joining_rules
from merchants.models import AccountHold, BankAccount, MemberRole, Merchant
from merchants.portal import MerchantScopedAdmin, portal_site
from regions.admin_base import display
from regions.second_factor import second_factor_page, second_factor_proved_at

SEEN_BY = (MemberRole.OWNER, MemberRole.BOOKKEEPER)
LIST = "portal:merchants_bankaccount_changelist"
TONES = {
    "paid": "success",
    "asked": "warning",
    "agreed": "info",
    "held": "danger",
    "ended": "danger",
    "earlier": "info",
}
STATES = {
    "paid": gettext_lazy("paid to"),
    "held": gettext_lazy("on hold: a transfer came back"),
    "asked": gettext_lazy("waits for the secretariat"),
    "agreed": gettext_lazy("approved, comes into force"),
    "ended": gettext_lazy("did not take place"),
    "earlier": gettext_lazy("earlier account"),
}


class BankAccountAdmin(MerchantScopedAdmin):
    """The accounts of the merchants at which the person is owner or bookkeeper, masked."""

    scope_path = "merchant"
    icon = "account_balance"
    menu_title = gettext_lazy("Bank account")
    change_list_template = "portal/accounts.html"
    list_display = ("merchant", "account_shown", "holder_kana", "state_shown", "effective_at")
    list_select_related = ("merchant",)
    fields = ("merchant", "account_shown", "holder_kana", "requested_at", "effective_at", "ended_at", "end_reason")
    readonly_fields = ("account_shown",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(portal_site.merchants_as(request, *SEEN_BY))

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankAccount]:
        mine: QuerySet[BankAccount] = super().get_queryset(request)
        return mine.filter(merchant__in=[merchant.pk for merchant in portal_site.merchants_as(request, *SEEN_BY)])

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        owned = portal_site.merchants_as(request, MemberRole.OWNER)
        context = {**(extra_context or {}), "businesses": _businesses(owned)}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    @display(description=gettext_lazy("account"))
    def account_shown(self, account: BankAccount) -> str:
        return str(account)

    @display(description=gettext_lazy("state"), label=TONES)
    def state_shown(self, account: BankAccount) -> tuple[str, str]:
        key = state_of(account)
        return key, str(STATES[key])


def state_of(account: BankAccount) -> str:
    """The key in STATES of what has become of the account by now."""
    now = timezone.now()
    if account.ended_at:
        return "ended"
    if account.effective_at is None:
        return "asked"
    if account.effective_at > now:
        return "agreed"
    if current_account(account.merchant, now) != account:
        return "earlier"
    return "held" if AccountHold.objects.filter(account=account, released_at__isnull=True).exists() else "paid"


def account_change_view(request: HttpRequest, merchant: UUID) -> HttpResponse:
    """Ask for another account: second factor, form, what was understood, and then the request."""
    business = _owned(request, merchant)
    user: Any = request.user
    if second_factor_proved_at(request) is None or "proof" in request.GET:
        return redirect(second_factor_page(user, request.path))
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and "confirmed" in request.POST:
        return _ask(request, business, form)
    now = timezone.now()
    context = {
        **portal_site.each_context(request),
        "title": _("Bank account of %(business)s") % {"business": business},
        "form": form,
        "confirming": form.is_bound and form.is_valid() and "again" not in request.POST,
        "current": current_account(business, now),
        "days": joining_rules(business.region).account_delay_days,
        "back": reverse(LIST),
    }
    return render(request, "portal/account_change.html", context)


def account_stop_view(request: HttpRequest, merchant: UUID) -> HttpResponse:
    """Stop the change that is coming; by a POST."""
    business = _owned(request, merchant)
    coming = BankAccount.objects.filter(merchant=business).coming(at=timezone.now()).first()
    if request.method == "POST" and coming:
        try:
            stop_account_change(coming.pk, reason=_("stopped at the portal"))
        except AccountInForce:
            messages.error(request, _("The change is in force already."))
        else:
            messages.success(request, _("The change was stopped. You are paid to the same account as before."))
    return redirect(LIST)


def _ask(request: HttpRequest, business: Merchant, form: AccountForm) -> HttpResponse:
    user: Any = request.user
    try:
        request_account_change(business, form.details, by=user, proved_at=second_factor_proved_at(request))
    except SecondFactorMissing:
        messages.error(request, _("Please confirm that it is you, and enter the account again."))
        return redirect(f"{request.path}?proof=1")
    except MerchantProblem as problem:
        messages.error(request, _refusal(problem))
    else:
        messages.success(request, _("The secretariat was asked. We write to you when it has decided."))
    return redirect(LIST)


def _refusal(problem: MerchantProblem) -> str:
    if isinstance(problem, AccountChangeUnderWay):
        return _("A change was asked for already. It can be stopped below.")
    if isinstance(problem, AccountUnchanged):
        return _("This is the account that you are paid to already.")
    return _("Only an owner of the business can change its account.")


def _owned(request: HttpRequest, merchant: UUID) -> Merchant:
    for business in portal_site.merchants_as(request, MemberRole.OWNER):
        if business.pk == merchant:
            return business
    raise Http404


def _businesses(merchants: list[Merchant]) -> list[tuple[Merchant, BankAccount | None]]:
    """Each with the change that is coming, if there is one."""
    coming = BankAccount.objects.filter(merchant__in=merchants).coming(at=timezone.now())
    by_merchant = {account.merchant_id: account for account in coming}
    return [(merchant, by_merchant.get(merchant.pk)) for merchant in merchants]


portal_site.register(BankAccount, BankAccountAdmin)
portal_site.add_page("account/<uuid:merchant>/", account_change_view, "account-change")
portal_site.add_page("account/<uuid:merchant>/stop/", account_stop_view, "account-stop")
