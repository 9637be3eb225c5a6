"""The last pages: what is not there, and what went wrong, in words and with a time to come back."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from config.error_responses import PROBLEM_JSON, problem, unavailable


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return _problem(404, "not_found", _("Not found"), _("There is nothing here."))
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return unavailable(request)
    if request.path.startswith("/api/"):
        return _problem(500, "internal", _("Something went wrong"), _("The operators have been told."))
    return render(None, "500.html", status=500)


def _problem(status: int, code: str, title: str, detail: str) -> HttpResponse:
    return JsonResponse(problem(status, code, title, detail), status=status, content_type=PROBLEM_JSON)
