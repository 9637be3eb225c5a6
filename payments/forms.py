"""What a resident types at a till: the till's code, and how many yen."""

import re
import unicodedata

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.errors import AmountInvalid
from payments.requests import check_amount
from regions.models import Region
from regions.yen import yen

DIGITS = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)")
LENGTH_MAX = 16


class CodeForm(forms.Form):
    """The code that is printed under a shop's QR, or whatever the QR itself said."""

    code = forms.CharField(
        max_length=512,
        error_messages={"required": gettext_lazy("Please type the code that is written under the shop's QR code.")},
    )


class AmountForm(forms.Form):
    """Whole yen, however they were typed: in full width, with commas, with the sign or the word for yen."""

    amount = forms.CharField(max_length=40, error_messages={"required": gettext_lazy("Please type the amount.")})

    def __init__(self, region: Region, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.region = region

    def clean_amount(self) -> int:
        amount = read_yen(self.cleaned_data["amount"])
        if amount is None:
            raise forms.ValidationError(_("Please type the amount in whole yen, with digits only, for example 1234."))
        try:
            return check_amount(amount, limit=self.region.payment_limit)
        except AmountInvalid as problem:
            raise forms.ValidationError(_say_limits(amount, problem.limit)) from problem

    @property
    def problem(self) -> str:
        """The first thing that is wrong, in words."""
        return str(self.errors["amount"][0]) if "amount" in self.errors else ""


def read_yen(text: str) -> int | None:
    """`１，２３４円` is 1234; a fraction, a text or a comma in the wrong place is no amount."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).replace("、", ",").replace("−", "-")
    plain = plain.removesuffix("円").removeprefix("¥").removeprefix("\\")
    if len(plain) > LENGTH_MAX or not DIGITS.fullmatch(plain):
        return None
    return int(plain.replace(",", ""))


def _say_limits(amount: int, limit: int) -> str:
    if amount < 1:
        return _("Please type an amount of 1 yen or more.")
    return _("You can pay up to %(limit)s at a time.") % {"limit": yen(limit)}
