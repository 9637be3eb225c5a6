"""How allauth knows our people: telephone numbers, codes by text message, sealed second factors."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from regions.models import User
from regions.phones import normalize_phone
from regions.sms import send_sms


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by e-mail or telephone number, each proved by a six-digit code."""

    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:
        """Keep the person with the addresses that were given; one that was not is none, not an empty text."""
        super().save_user(request, user, _WithoutPhone(form), commit=False)
        user.email = user.email or None
        user.phone = form.cleaned_data.get("phone") or None
        if commit:
            user.save()
        return user

    def clean_phone(self, phone: str) -> str:
        return normalize_phone(phone)

    def phone_form_field(self, **kwargs: Any) -> forms.CharField:
        return PhoneField(**kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **_kwargs: Any) -> None:
        send_sms(phone=phone, text=_("Your code is %(code)s. Tell it to nobody.") % {"code": code})

    def send_unknown_account_sms(self, phone: str, **_kwargs: Any) -> None:
        send_sms(phone=phone, text=_("Somebody tried to sign in with this number, but it is not registered."))

    def send_account_already_exists_sms(self, phone: str, **_kwargs: Any) -> None:
        send_sms(phone=phone, text=_("This number is registered already. Please sign in."))


class _WithoutPhone:
    """The form as the library's own saving shall see it: it would save the telephone number before the person."""

    _has_phone_field = False

    def __init__(self, form: forms.Form) -> None:
        self.cleaned_data = form.cleaned_data


class PhoneField(forms.CharField):
    """A telephone number as people type it, kept in E.164."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        return normalize_phone(text) if text else ""


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are sealed with a key that is derived from SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _seal().decrypt(encrypted_text.encode()).decode()


def _seal() -> Fernet:
    digest = hashlib.sha256(b"second factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
