"""How a shop's own software shows who it is: `Authorization: Bearer hk_…`, a key that an owner made at the portal."""

from typing import Any

from django.http import Http404
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from merchants.errors import TillKeyUnknown
from merchants.models import TillKey
from merchants.till_keys import find_key
from regions.api import RegionAPIView
from regions.models import User


class TillKeyAuthentication(BaseAuthentication):
    """The person is who made the key, because they stand for what is done with it; `request.auth` is the key."""

    def authenticate(self, request: Request) -> tuple[User, TillKey] | None:
        scheme, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            key = find_key(secret.strip())
        except TillKeyUnknown as problem:
            raise AuthenticationFailed from problem
        return key.made_by, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TillKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "merchants.till_authentication.TillKeyAuthentication"
    name = "tillKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key that an owner made in the portal."}


class TillAPIView(RegionAPIView):
    """A view for a merchant's till system; to a key of another region there is nothing here."""

    authentication_classes = (TillKeyAuthentication,)
    permission_classes = (IsAuthenticated,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.key.region_id != self.region.pk:
            raise Http404

    @property
    def key(self) -> TillKey:
        key = self.request.auth
        if not isinstance(key, TillKey):
            raise Http404
        return key
