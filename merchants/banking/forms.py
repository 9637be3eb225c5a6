"""The form in which a business gives its bank account: as in the passbook, and checked before anybody sees it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from merchants.banking.banks import Bank, Branch, find_bank, find_branch, search_banks, search_branches
from merchants.banking.details import AccountDetails, check_details, check_yucho
from merchants.banking.errors import AccountProblem, BankUnknown, BranchUnknown
from merchants.banking.wording import field_of, sentence_of
from merchants.models import AccountKind
from regions.admin_base import UnfoldAdminTextInputWidget

BANK, YUCHO = "bank", "yucho"
OFFERED = 8


def _text(label: Any, *, help_text: Any = "", **attrs: str) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=label, help_text=help_text, max_length=60, required=False, widget=widget)


class AccountForm(forms.Form):
    """Either a bank with its branch, kind and number, or ゆうちょ銀行 with 記号 and 番号; `details` is the result."""

    where = forms.ChoiceField(
        label=_("where the account is"),
        choices=[(BANK, _("a bank or credit union")), (YUCHO, _("Japan Post Bank (ゆうちょ銀行)"))],
        widget=forms.RadioSelect,
        initial=BANK,
    )
    bank = _text(_("bank"), help_text=_("Name or code, for example 常陽 or 0130"))
    branch = _text(_("branch"), help_text=_("Name or code, for example 鹿島 or 036"))
    kind = forms.TypedChoiceField(
        label=_("kind of account"),
        choices=AccountKind.choices,
        coerce=int,
        initial=AccountKind.ORDINARY,
        widget=forms.RadioSelect,
        required=False,
    )
    number = _text(_("account number"), help_text=_("Up to 7 digits"), inputmode="numeric")
    symbol = _text(_("記号"), help_text=_("5 digits, for example 10740"), inputmode="numeric")
    yucho_number = _text(_("番号"), help_text=_("Up to 8 digits, for example 12345671"), inputmode="numeric")
    holder = _text(
        _("account holder in kana"),
        help_text=_(
            "As in the passbook, for example カ）カシマショウテン. One wrong letter makes a transfer come back."
        ),
    )
    details: AccountDetails

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            self.details = self._checked(cleaned)
        except AccountProblem as problem:
            self.add_error(field_of(problem), sentence_of(problem))
        except _Several as several:
            self.add_error(several.field, several.words)
        return cleaned

    def _checked(self, given: dict[str, Any]) -> AccountDetails:
        if given["where"] == YUCHO:
            return check_yucho(symbol=given["symbol"], number=given["yucho_number"], holder=given["holder"])
        bank = _bank(given["bank"].strip())
        branch = _branch(bank, given["branch"].strip())
        return check_details(
            bank_code=bank.code,
            branch_code=branch.code,
            kind=given["kind"] or AccountKind.ORDINARY,
            number=given["number"],
            holder=given["holder"],
        )


class _Several(Exception):
    """What was typed fits several; the form says which."""

    def __init__(self, field: str, found: Sequence[Bank | Branch]) -> None:
        super().__init__(field)
        self.field = field
        names = "、".join(str(one) for one in found[:OFFERED])
        self.words = gettext("There are several. Please give the code: %(names)s") % {"names": names}


def _bank(text: str) -> Bank:
    if text.isascii() and text.isdigit():
        return find_bank(text.zfill(4))
    found = search_banks(text)
    if not found:
        raise BankUnknown(text)
    return _only("bank", found, text)  # type: ignore[return-value]


def _branch(bank: Bank, text: str) -> Branch:
    if text.isascii() and text.isdigit():
        return find_branch(bank.code, text.zfill(3))
    found = search_branches(bank.code, text)
    if not found:
        raise BranchUnknown(bank.name, text)
    return _only("branch", found, text)  # type: ignore[return-value]


def _only(field: str, found: Sequence[Bank | Branch], text: str) -> Bank | Branch:
    plain = text.removesuffix("銀行").removesuffix("支店")
    named = [one for one in found if one.name == plain] or list(found)
    if len(named) > 1:
        raise _Several(field, named)
    return named[0]
