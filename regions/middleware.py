"""Limits on guessing answered as such, and the staff's second factor."""

from collections.abc import Callable

from allauth.core.exceptions import RateLimited
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from regions.csv_import import FILE_BYTES_MAX
from regions.models import User
from regions.second_factor import has_proved_second_factor, needs_second_factor, second_factor_page

GetResponse = Callable[[HttpRequest], HttpResponse]

RETRY_AFTER = "30"
# A list, and what a form says beside it.
BODY_BYTES_MAX = FILE_BYTES_MAX + 1_000_000


class RateLimitMiddleware:
    """Answers 429 where a limit on sign-in was reached, also where the library would let it pass as a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RateLimited):
            return None
        if request.path.startswith(("/api/", "/_allauth/")):
            problem = {"type": "about:blank", "title": _("Too many attempts"), "status": 429, "code": "rate_limited"}
            response: HttpResponse = JsonResponse(problem, status=429, content_type="application/problem+json")
        else:
            response = render(request, "429.html", status=429)
        response["Retry-After"] = RETRY_AFTER
        return response


class UploadLimitMiddleware:
    """Refuses a body that no list of ours can have, by its announced length and before any of it is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and int(announced) > BODY_BYTES_MAX:
            return HttpResponse(
                _("The file is larger than %(most)s MB.") % {"most": FILE_BYTES_MAX // 1_000_000},
                status=413,
                content_type="text/plain; charset=utf-8",
            )
        return self.get_response(request)


class SecondFactorMiddleware:
    """Keeps staff out of `/staff/` until their session has proved a second factor."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/staff/") and (elsewhere := self._missing(request)):
            return HttpResponseRedirect(elsewhere)
        return self.get_response(request)

    def _missing(self, request: HttpRequest) -> str | None:
        user = request.user
        if not isinstance(user, User) or not needs_second_factor(user) or has_proved_second_factor(request):
            return None
        return second_factor_page(user, request.get_full_path())
