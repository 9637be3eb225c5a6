"""How the app's API knows its caller."""

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from rest_framework.request import Request


class SessionTokenAuthentication(XSessionTokenAuthentication):  # type: ignore[misc]
    """allauth's session token. Naming the header makes a request without one a 401, not a 403."""

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"
