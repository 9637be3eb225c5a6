"""What a resident types: read as people write it, judged by the use-cases."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

AMOUNT_DIGITS_MAX = 9


class AmountField(forms.IntegerField):
    """Whole yen as people type them: `1234`, `1,234`, `１２３４円`."""

    def to_python(self, value: Any) -> int | None:
        text = unicodedata.normalize("NFKC", str(value or ""))
        digits = text.translate(str.maketrans("", "", " ,、円¥")).lstrip("0") or "0"
        # More digits than any payment has would be a number too, but one that costs time to read.
        if not digits.isdecimal() or len(digits) > AMOUNT_DIGITS_MAX:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return int(digits)


class AmountForm(forms.Form):
    amount = AmountField(
        required=False,
        error_messages={"invalid": _("Please enter the amount in whole yen, with digits only.")},
    )


class TillCodeForm(forms.Form):
    code = forms.CharField(
        max_length=40, error_messages={"required": _("Please enter the code that is written under the shop's QR code.")}
    )


class ConfirmedForm(forms.Form):
    """What the confirmation page sends back: the amount that was shown and the key of this purchase."""

    amount = AmountField(required=False)
    key = forms.CharField(required=False, strip=False)
