"""What the sign-up asks for beyond the library's fields."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from regions.models import User


class OneAddress(forms.Form):
    """Either address will do, but one there must be: without it nobody could ever sign in again.

    The library mixes this into its sign-up form, for pages and apps alike.
    """

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            raise forms.ValidationError(_("Please give an e-mail address or a telephone number."), code="required")
        return cleaned

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing more is kept."""
