"""Bank accounts at the secretariat's site: whose money goes where, and a hold that was the bank's mistake."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.account_pages import STATES, TONES, state_of
from merchants.banking.accounts import release_account
from merchants.models import AccountHold, BankAccount
from regions.admin_base import NOBODY, OFFICE, RegionScopedAdmin, UnfoldAdminTextInputWidget, display
from regions.staff_site import staff_site


class ReleaseForm(forms.Form):
    """Why money may go to the account again."""

    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("For example what the bank said when you asked. It stays with the account."),
        error_messages={"required": gettext_lazy("Please give a reason.")},
    )


class StaffBankAccountAdmin(RegionScopedAdmin):
    """Masked numbers; a change is asked for by the shop and agreed to under approvals."""

    icon = "account_balance"
    menu_title = gettext_lazy("Bank accounts")
    view_by = OFFICE
    add_by = change_by = delete_by = NOBODY
    list_display = ("merchant", "account_shown", "holder_kana", "state_shown", "effective_at", "region")
    list_filter = ("region",)
    list_select_related = ("merchant", "region")
    search_fields = ("merchant__name", "holder_kana")
    fields = (
        *("merchant", "account_shown", "holder_kana", "state_shown"),
        *("requested_by", "requested_at", "effective_at", "ended_at", "end_reason", "region"),
    )
    readonly_fields = ("account_shown", "state_shown")

    @display(description=gettext_lazy("account"))
    def account_shown(self, account: BankAccount) -> str:
        return str(account)

    @display(description=gettext_lazy("state"), label=TONES)
    def state_shown(self, account: BankAccount) -> tuple[str, str]:
        key = state_of(account)
        return key, str(STATES[key])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.release_view)
        return [path("<path:object_id>/release/", view, name="merchants_bankaccount_release"), *super().get_urls()]

    def release_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Pay to the account again, with a reason."""
        account = self.get_object(request, object_id)
        if account is None:
            raise Http404
        form = ReleaseForm(request.POST or None)
        back = reverse("staff:merchants_bankaccount_change", args=[account.pk])
        if request.method == "POST" and form.is_valid():
            self._release(request, account, form.cleaned_data["reason"])
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Pay to this account again"),
            "account": account,
            "hold": holds_of(account).first(),
            "form": form,
            "back": back,
        }
        return render(request, "staff/account_release.html", context)

    def _release(self, request: HttpRequest, account: BankAccount, reason: str) -> None:
        user: Any = request.user
        if release_account(account, by=user, reason=reason):
            self.log_change(request, account, f"{_('no longer on hold')}: {reason}")
            messages.success(request, _("The next transfer goes to this account again."))
        else:
            messages.warning(request, _("This account is not on hold."))


def holds_of(account: BankAccount) -> QuerySet[AccountHold]:
    """The hold that is on the account now, if any."""
    return AccountHold.objects.filter(account=account, released_at__isnull=True)


def hold_panel(request: HttpRequest, account: BankAccount) -> tuple[str, dict[str, Any]]:
    """Why nothing is paid to the account, and the way to end that."""
    address = reverse("staff:merchants_bankaccount_release", args=[account.pk])
    return "staff/account_hold.html", {"hold": holds_of(account).first(), "address": address}


staff_site.register(BankAccount, StaffBankAccountAdmin)
staff_site.add_panel(BankAccount, hold_panel)
