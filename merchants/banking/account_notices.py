"""What a business is told of its bank account, and what the second person at the office is shown."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from merchants.banking.links import stop_link
from merchants.joining.rules import joining_rules
from merchants.models import BankAccount
from merchants.notices import tell_merchant

ACCOUNT_PAGE = "portal:merchants_bankaccount_changelist"


def particulars(account: BankAccount, before: BankAccount | None) -> dict[str, str]:
    """What the office compares with the passbook: the only place beside the pay-out where the number is whole."""
    with translation.override(settings.LANGUAGE_CODE):
        return {
            _("merchant"): account.merchant.name,
            _("bank"): f"{account.bank_name} ({account.bank_code})",
            _("branch"): f"{account.branch_name} ({account.branch_code})",
            _("kind of account"): str(account.get_kind_display()),
            _("account number"): account.number,
            _("account holder in kana"): account.holder_kana,
            _("account until now"): str(before) if before else _("none"),
        }


def tell_asked(account: BankAccount, before: BankAccount | None) -> None:
    """To the address that the business has now, with the link that stops it."""
    with translation.override(settings.LANGUAGE_CODE):
        text = _("The bank account that you are paid to is to be changed to: %(account)s.") % {"account": account}
        if before:
            days = {"days": joining_rules(account.region).account_delay_days}
            text += (
                "\n"
                + _(
                    "If you did not ask for this, please stop it at once with the link below. "
                    "It comes into force %(days)s days after it was asked for at the earliest."
                )
                % days
            )
        tell_merchant(
            account.merchant,
            key=f"account-asked-{account.pk}",
            title=_("A change of your bank account was asked for"),
            body=text,
            link=stop_link(account),
        )


def tell_agreed(account: BankAccount) -> None:
    with translation.override(settings.LANGUAGE_CODE), timezone.override(account.region.tz):
        day = date_format(timezone.localtime(account.effective_at), "Y/m/d H:i")
        text = _("From %(day)s you will be paid to this account: %(account)s.") % {"day": day, "account": account}
        tell_merchant(
            account.merchant,
            key=f"account-agreed-{account.pk}",
            title=_("Your bank account was approved"),
            body=text,
            link=reverse(ACCOUNT_PAGE),
        )


def tell_ended(account: BankAccount) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        text = _("You will not be paid to this account: %(account)s.") % {"account": account}
        if account.end_reason:
            text += "\n" + _("Reason: %(reason)s") % {"reason": account.end_reason}
        tell_merchant(
            account.merchant,
            key=f"account-ended-{account.pk}",
            title=_("The change of your bank account will not take place"),
            body=text,
            link=reverse(ACCOUNT_PAGE),
        )
