"""Forms of the transfer pages: the payer's account, a new run, a second download, a bank's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.banking.errors import AccountProblem, CharacterNotAllowed
from merchants.banking.kana import zengin_kana
from payments.models import PayerAccount
from regions.admin_base import UnfoldAdminTextInputWidget
from regions.admin_forms import RegionForm

# A bank's answer to a million transfers is smaller.
ANSWER_LARGEST = 130_000_000
KANA_FIELDS = ("client_name", "bank_kana", "branch_kana")


class PayerForm(RegionForm):
    """Names as people type them, kept as the banks write them."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in KANA_FIELDS:
            if cleaned.get(name):
                cleaned[name] = self._in_kana(name, cleaned[name])
        return cleaned

    def _in_kana(self, name: str, text: str) -> str:
        try:
            kana = zengin_kana(text)
        except CharacterNotAllowed as problem:
            self.add_error(
                name, _("The banks have no character for “%(character)s”.") % {"character": problem.character}
            )
            return text
        except AccountProblem:
            self.add_error(name, _("Please write it in kana."))
            return text
        longest = int(self.fields[name].max_length)  # type: ignore[attr-defined]
        if len(kana) > longest:
            self.add_error(
                name, _("In half-width kana it is longer than %(longest)s characters.") % {"longest": longest}
            )
        return kana


class NewRunForm(forms.Form):
    """From which account, and when."""

    payer = forms.ModelChoiceField(PayerAccount.objects.none(), label=gettext_lazy("account that is paid from"))
    pay_on = forms.DateField(label=gettext_lazy("pay day"), widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}))

    def __init__(self, payers: Any, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["payer"]
        field.queryset = payers
        field.empty_label = None
        field.widget.attrs["class"] = "house-input"


class AnswerForm(forms.Form):
    """The file that the bank gave, or a list of numbers and results."""

    file = forms.FileField(
        label=gettext_lazy("result file"), widget=forms.ClearableFileInput(attrs={"class": "house-input"})
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > ANSWER_LARGEST:
            raise forms.ValidationError(_("The file is too large to be a bank's answer."))
        return file
