"""Who needs a second factor, and whether this session has proved one."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse

from regions.models import Role, User


def needs_second_factor(user: User) -> bool:
    """Staff of a secretariat and operators can see other people's affairs, so a password is not enough."""
    return user.is_operator or user.memberships.filter(role=Role.SECRETARIAT).exists()


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def has_proved_second_factor(request: HttpRequest) -> bool:
    methods = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return any(method.get("method") == "mfa" for method in methods)


def second_factor_proved_at(request: HttpRequest) -> datetime | None:
    """When this session last proved a second factor, as an aware datetime; None if it never did."""
    methods = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    times = [method["at"] for method in methods if method.get("method") == "mfa"]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def second_factor_page(user: User, following: str) -> str:
    """Where the person proves a second factor, or sets one up first, and then goes on to `following`."""
    page = "mfa_reauthenticate" if has_second_factor(user) else "mfa_activate_totp"
    return f"{reverse(page)}?{urlencode({'next': following})}"
