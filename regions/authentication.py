"""How a request knows its caller: the library's rules, with what every request asks sent as prepared statements."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from allauth.headless.internal.sessionkit import session_store
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from rest_framework.request import Request

from regions.models import User
from regions.prepared import fetch

SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
USER_FIELDS = [field.attname for field in User._meta.concrete_fields]
USER = f"SELECT {', '.join(USER_FIELDS)} FROM regions_user WHERE id = %s"  # noqa: S608 its own columns


class PreparedBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend; who somebody is costs one prepared statement."""

    def get_user(self, user_id: Any) -> User | None:
        rows = fetch(USER, [user_id])
        user = User.from_db("default", USER_FIELDS, rows[0]) if rows else None
        return user if user is not None and self.user_can_authenticate(user) else None


class SessionTokens(SessionTokenStrategy):  # type: ignore[misc]
    """allauth's session token; a session that is missing or has expired is none."""

    def lookup_session(self, session_token: str) -> SessionBase | None:
        rows = fetch(SESSION, [session_token, timezone.now()])
        if not rows:
            return None
        session: SessionBase = session_store(session_token)
        # What `load` would have read.
        session._session_cache = session.decode(rows[0][0])  # type: ignore[attr-defined]
        return session


class SessionTokenAuthentication(XSessionTokenAuthentication):  # type: ignore[misc]
    """allauth's session token. Naming the header makes a request without one a 401, not a 403."""

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"
