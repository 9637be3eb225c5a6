"""The one table from a refusal to its HTTP status and problem document (RFC 9457)."""

import json

from django.http import HttpRequest, HttpResponse

from notary.errors import (
    CallRefused,
    DatabaseAway,
    Malformed,
    Overloaded,
    TooLarge,
    Unauthenticated,
    UnknownDecision,
    UnknownPath,
    WrongMethod,
)

STATUSES: dict[type[CallRefused], tuple[int, str, str]] = {
    Malformed: (400, "malformed", "The call is malformed."),
    Unauthenticated: (401, "unauthenticated", "The caller is not known."),
    UnknownDecision: (404, "unknown_decision", "Nothing has been decided on this id."),
    UnknownPath: (404, "unknown_path", "There is no such resource."),
    WrongMethod: (405, "wrong_method", "The resource does not answer to this method."),
    TooLarge: (413, "too_large", "The call is too large."),
    Overloaded: (429, "overloaded", "Too many calls are waiting."),
    DatabaseAway: (503, "database_away", "The notary's database does not answer."),
}


def problem(refusal: CallRefused) -> HttpResponse:
    """The problem document of a refusal; what asks to be retried says when, in the signed body as well."""
    status, code, title = STATUSES[type(refusal)]
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": refusal.detail}
    headers = {}
    if isinstance(refusal, Overloaded | DatabaseAway):
        body["retry_after"] = refusal.retry_after if isinstance(refusal, Overloaded) else 1
        headers["Retry-After"] = str(body["retry_after"])
    return HttpResponse(json.dumps(body), status=status, headers=headers, content_type="application/problem+json")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(UnknownPath())


def bug(request: HttpRequest) -> HttpResponse:
    body = {"type": "about:blank", "title": "The notary failed.", "status": 500, "code": "failed", "detail": ""}
    return HttpResponse(json.dumps(body), status=500, content_type="application/problem+json")
