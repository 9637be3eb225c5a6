"""Asking for a code to sign in with.

A module of its own: the library reads `regions.forms` while it makes the form that is extended here.
"""

from typing import Any

from allauth.account.forms import RequestLoginCodeForm
from django import forms
from django.utils.translation import gettext as _


class RequestCodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """The library's form, which without any address would go on as if it had one."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            raise forms.ValidationError(_("Please give an e-mail address or a telephone number."), code="required")
        return cleaned
