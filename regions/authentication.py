"""How the app's API knows its caller."""

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from allauth.headless.internal.sessionkit import lookup_session
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from rest_framework.request import Request


class SessionTokens(SessionTokenStrategy):  # type: ignore[misc]
    """allauth's session token, looked up with one query where the library takes two."""

    def lookup_session(self, session_token: str) -> SessionBase | None:
        found: SessionBase | None = lookup_session(session_token)
        return found


class SessionTokenAuthentication(XSessionTokenAuthentication):  # type: ignore[misc]
    """allauth's session token. Naming the header makes a request without one a 401, not a 403."""

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"
