"""A database that is away refuses a request; it never leaves it without an answer."""

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from config.error_responses import unavailable

log = structlog.stdlib.get_logger(__name__)


class DatabaseDeadline:
    """Turns a lost or silent database into 503 with a time to come back, for pages and API alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, (OperationalError, InterfaceError)):
            return None
        log.error("database failed", path=request.path, problem=type(exception).__name__)
        return unavailable(request)
