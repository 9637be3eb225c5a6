"""The one table from a refusal to an HTTP status, a stable code and a public sentence."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, MethodNotAllowed
from rest_framework.response import Response

from merchants.errors import PayloadElsewhere, PayloadWrong, TillUnknown
from payments import errors as payments
from vouchers import errors as vouchers
from vouchers.application_refusals import SENTENCES
from vouchers.errors import InsufficientBalance

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER = 5


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a fact is told to the outside. The sentence may use the error's attributes by name."""

    status: int
    code: str
    title: str | Promise
    detail: str | Promise


REFUSALS: dict[type[Exception], Refusal] = {
    InsufficientBalance: Refusal(
        402,
        "insufficient_balance",
        gettext_lazy("Not enough balance"),
        gettext_lazy("The vouchers that can be used at this shop come to %(available)s yen."),
    ),
    TillUnknown: Refusal(
        404, "till_unknown", gettext_lazy("Till not found"), gettext_lazy("There is no till with this code here.")
    ),
    payments.PaymentUnknown: Refusal(
        404, "not_found", gettext_lazy("Not found"), gettext_lazy("There is no such payment.")
    ),
    payments.AmountInvalid: Refusal(
        422,
        "amount_invalid",
        gettext_lazy("Amount not possible"),
        gettext_lazy("The amount is a whole number of yen from 1 to %(limit)s."),
    ),
    payments.KeyMissing: Refusal(
        400,
        "key_missing",
        gettext_lazy("Idempotency-Key missing"),
        gettext_lazy("Send a header Idempotency-Key with the request."),
    ),
    payments.KeyInvalid: Refusal(
        400,
        "key_invalid",
        gettext_lazy("Idempotency-Key not possible"),
        gettext_lazy("An Idempotency-Key is 1 to 255 printable ASCII characters."),
    ),
    payments.KeyReused: Refusal(
        422,
        "key_reused",
        gettext_lazy("Idempotency-Key used before"),
        gettext_lazy("This key belongs to another request."),
    ),
    payments.PaymentInProgress: Refusal(
        409,
        "in_progress",
        gettext_lazy("In progress"),
        gettext_lazy("The same wallet is paying at this moment. Send the request again."),
    ),
    payments.NotaryAway: Refusal(
        503,
        "notary_unavailable",
        gettext_lazy("Payments cannot be checked now"),
        gettext_lazy("Payments are not possible for the moment. Nothing was paid."),
    ),
    payments.NotRefundable: Refusal(
        409,
        "not_refundable",
        gettext_lazy("Cannot be refunded"),
        gettext_lazy("Only a completed payment can be refunded."),
    ),
    payments.AlreadyRefunded: Refusal(
        409,
        "already_refunded",
        gettext_lazy("Refunded already"),
        gettext_lazy("%(left)s yen of this payment can still be refunded."),
    ),
    payments.ReasonMissing: Refusal(
        422, "reason_missing", gettext_lazy("Reason missing"), gettext_lazy("A refund needs a reason.")
    ),
    PayloadWrong: Refusal(
        422,
        "payload_invalid",
        gettext_lazy("Payment code not readable"),
        gettext_lazy("The payment code cannot be read: %(why)s. Field: %(tag)s"),
    ),
    PayloadElsewhere: Refusal(
        422,
        "payload_elsewhere",
        gettext_lazy("Payment code of another service"),
        gettext_lazy("This code is of another service or another region."),
    ),
    payments.TimeInvalid: Refusal(
        422,
        "time_invalid",
        gettext_lazy("Time not possible"),
        gettext_lazy("The time is a whole number of seconds from %(at_least)s to %(at_most)s."),
    ),
    payments.ChargeUnknown: Refusal(
        404, "charge_unknown", gettext_lazy("Charge not found"), gettext_lazy("There is no such charge here.")
    ),
    payments.ChargeTaken: Refusal(
        409,
        "charge_taken",
        gettext_lazy("Taken already"),
        gettext_lazy("Somebody else is paying this, or has paid it."),
    ),
    payments.ChargeGone: Refusal(
        410,
        "charge_gone",
        gettext_lazy("No longer to be paid"),
        gettext_lazy("The shop has taken this payment back, or its time is over."),
    ),
    payments.ChargeInProgress: Refusal(
        409,
        "in_progress",
        gettext_lazy("In progress"),
        gettext_lazy("The charge's payment is being checked. Ask again in a moment."),
    ),
    payments.CodeUnreadable: Refusal(
        422,
        "code_unreadable",
        gettext_lazy("Code not readable"),
        gettext_lazy("This is not a code that customers show. Please scan it again or type its ten digits."),
    ),
    payments.CodeElsewhere: Refusal(
        422,
        "code_elsewhere",
        gettext_lazy("Code of another service"),
        gettext_lazy("This code is of another service or another region. It cannot be used here."),
    ),
    payments.CodeUnknown: Refusal(
        404,
        "code_unknown",
        gettext_lazy("Code not found"),
        gettext_lazy("There is no such code. Please compare the digits, or ask for a new code."),
    ),
    payments.CodeUsed: Refusal(
        409,
        "code_used",
        gettext_lazy("Code used already"),
        gettext_lazy("This code was used already. Please ask the customer to show a new one."),
    ),
    payments.CodeExpired: Refusal(
        410,
        "code_expired",
        gettext_lazy("Code too old"),
        gettext_lazy("This code's minute is over. Please ask the customer to show a new one."),
    ),
    payments.CodeShort: Refusal(
        402,
        "insufficient_balance",
        gettext_lazy("Not enough balance"),
        gettext_lazy("The customer's vouchers for this shop are not enough. Nothing was taken."),
    ),
    payments.TooManyGuesses: Refusal(
        429,
        "too_many_codes",
        gettext_lazy("Too many wrong codes"),
        gettext_lazy("Too many wrong codes were entered at this till. Please wait five minutes."),
    ),
}


_APPLICATION = gettext_lazy("The application cannot be taken")
REFUSALS |= {
    kind: Refusal(status, code, _APPLICATION, SENTENCES[kind])
    for kind, status, code in (
        (vouchers.ApplicationsClosed, 409, "applications_closed"),
        (vouchers.OtherRegion, 403, "not_eligible"),
        (vouchers.NotResidentOnBaseDate, 403, "not_eligible"),
        (vouchers.MovedOut, 403, "not_eligible"),
        (vouchers.AgeOutside, 403, "not_eligible"),
        (vouchers.BirthDateUnknown, 403, "not_eligible"),
        (vouchers.UnitUnknown, 422, "unit_unknown"),
        (vouchers.UnitsInvalid, 422, "units_invalid"),
        (vouchers.NothingAskedFor, 422, "nothing_asked_for"),
        (vouchers.UnitsLimitExceeded, 422, "limit_exceeded"),
        (vouchers.KindLimitExceeded, 422, "limit_exceeded"),
        (vouchers.YenLimitExceeded, 422, "limit_exceeded"),
        (vouchers.HouseholdLimitExceeded, 422, "household_limit_exceeded"),
        (vouchers.AlreadyApplied, 409, "already_applied"),
        (vouchers.ApplicationSettled, 409, "application_settled"),
    )
}


def find_refusal(error: Exception) -> Refusal | None:
    return next((refusal for kind, refusal in REFUSALS.items() if isinstance(error, kind)), None)


def public_sentence(error: Exception) -> str:
    """What a person is told, in the reader's language; raise KeyError for what is no refusal of ours."""
    refusal = find_refusal(error)
    if refusal is None:
        raise KeyError(type(error).__name__)
    facts = {name: f"{fact:,}" if isinstance(fact, int) else fact for name, fact in vars(error).items()}
    return str(refusal.detail) % facts if "%(" in str(refusal.detail) else str(refusal.detail)


def problem(status: int, code: str, title: str, detail: str, **members: Any) -> dict[str, Any]:
    """A problem document after RFC 9457."""
    return {
        "type": f"urn:hansatsu:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **members,
    }


def handle_api_exception(error: Exception, _context: dict[str, Any]) -> Response | None:
    """Every refusal of the API as a problem document; what is a bug stays an exception."""
    if (refusal := find_refusal(error)) is not None:
        return _refused(error, refusal)
    if isinstance(error, (OperationalError, InterfaceError)):
        body = problem(503, "unavailable", _("Not available now"), _("Please try again in a moment."))
        return _response(body, {"Retry-After": str(RETRY_AFTER)})
    if isinstance(error, Http404):
        return _response(problem(404, "not_found", _("Not found"), _("There is nothing here.")))
    if isinstance(error, PermissionDenied):
        return _response(problem(403, "forbidden", _("Not allowed"), _("You may not do this.")))
    if isinstance(error, APIException):
        return _framework_refusal(error)
    return None


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 in the form that the caller reads: a problem document or a page."""
    if request.path.startswith(("/api/", "/_allauth/")):
        body = problem(503, "unavailable", _("Not available now"), _("Please try again in a moment."))
        response: HttpResponse = JsonResponse(body, status=503, content_type=PROBLEM_JSON)
    else:
        response = render(None, "503.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def _refused(error: Exception, refusal: Refusal) -> Response:
    facts = {name: fact for name, fact in vars(error).items() if isinstance(fact, int)}
    body = problem(refusal.status, refusal.code, str(refusal.title), public_sentence(error), **facts)
    headers = {"Retry-After": str(facts.get("retry_after", RETRY_AFTER))} if refusal.status in (429, 503) else {}
    return _response(body, headers)


def _framework_refusal(error: APIException) -> Response:
    code = str(error.default_code)
    detail = error.detail if isinstance(error.detail, str) else _("The request cannot be understood.")
    members = {} if isinstance(error.detail, str) else {"errors": error.detail}
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if isinstance(error, MethodNotAllowed):
        code = "method_not_allowed"
    return _response(problem(error.status_code, code, str(error.default_detail), str(detail), **members), headers)


def _response(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], content_type=PROBLEM_JSON, headers=headers)
