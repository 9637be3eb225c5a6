"""Telephone numbers in one form, E.164, however they were typed."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def normalize_phone(text: str, *, country: str = "JP") -> str:
    """`090-1234-5678` becomes `+819012345678`; raise ValidationError for what is no number."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as problem:
        raise ValidationError(_("This is not a telephone number.")) from problem
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(_("This is not a telephone number."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
