"""What businesses type, in one form: postcodes, telephone numbers, kana, and the invoice number's check digit."""

import re
import unicodedata

import jaconv
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from regions.phones import normalize_phone

_KANA = re.compile(r"[ァ-ヶー・0-9A-Z &.,()'\-]+")
_INVOICE = re.compile(r"T\d{13}")


def postcode(text: str) -> str:
    """`3140001` and `３１４－０００１` become `314-0001`; raise ValidationError."""
    digits = re.sub(r"[\s〒‐‑–—―−ー-]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise ValidationError(_("A postcode has 7 digits, for example 314-0001."))
    return f"{digits[:3]}-{digits[3:]}"


def kana(text: str) -> str:
    """Katakana of full width, whatever kana were typed; raise ValidationError."""
    typed = " ".join(jaconv.hira2kata(unicodedata.normalize("NFKC", text)).upper().split())
    if not _KANA.fullmatch(typed):
        raise ValidationError(_("Please write the reading in katakana."))
    return typed


def telephone(text: str) -> str:
    """The number as it was typed, in half width, if it is one; raise ValidationError."""
    typed = "".join(unicodedata.normalize("NFKC", text).split())
    normalize_phone(typed)
    return typed[:20]


def invoice_number(text: str) -> str:
    """`T` and 13 digits; raise ValidationError. Whether the first checks the others is for a remark: see below."""
    typed = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not _INVOICE.fullmatch(typed):
        raise ValidationError(_("An invoice number is T with 13 digits, for example T7000012050002."))
    return typed


def is_corporate(number: str) -> bool:
    """Whether an invoice number can be a company's; a sole trader's has thirteen digits of another kind."""
    return int(number[1]) == check_digit(number[2:])


def check_digit(digits: str) -> int:
    """The first digit of a corporate number: 9 less the remainder by 9 of the others' weighed sum.

    Weights are 1, 2, 1, 2 … from the right, by the ordinance on corporate numbers (法人番号の指定等に関する省令).
    """
    weighed = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return 9 - weighed % 9
