"""Who needs a second factor, and whether this session has proved one."""

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from regions.models import Role, User


def needs_second_factor(user: User) -> bool:
    """Staff of a secretariat and operators can see other people's affairs, so a password is not enough."""
    return user.is_operator or user.memberships.filter(role=Role.SECRETARIAT).exists()


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def has_proved_second_factor(request: HttpRequest) -> bool:
    methods = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return any(method.get("method") == "mfa" for method in methods)
