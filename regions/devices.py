"""The sign-in on one device, as something that a row can belong to and that ends when the person signs out."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

Device = UserSession


def device_of(request: HttpRequest) -> UserSession:
    """The sign-in that the request comes from; who asks is signed in."""
    found = UserSession.objects.filter(session_key=request.session.session_key, user=request.user).first()
    if found is None:
        UserSession.objects.create_from_request(request)
        found = UserSession.objects.get(session_key=request.session.session_key)
    return found


def is_signed_in(device: UserSession | None) -> bool:
    """Whether the sign-in still stands: signing out, here or from another device, ends it."""
    if device is None:
        return False
    return Session.objects.filter(session_key=device.session_key, expire_date__gt=timezone.now()).exists()
