"""The notary's API: check the caller, read the call, call one use-case, write the answer."""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse

from notary.admission import Admission
from notary.client.values import MAX_BATCH, Outcome, PublicKey, Request
from notary.client.wire import (
    InvalidRequest,
    batch_to_wire,
    key_to_wire,
    outcome_to_wire,
    request_from_wire,
)
from notary.decisions import Decisions, unreadable
from notary.errors import CallRefused, DatabaseAway, Malformed, TooLarge, UnknownDecision, WrongMethod
from notary.gate import Gate
from notary.problems import problem

MAX_PAGE = 1000
MAX_SUMMED = 50_000
MAX_POSITION = 2**63 - 1

logger = structlog.get_logger()

Answer = dict[str, Any]
View = Callable[..., HttpResponse]


def call(method: str) -> Callable[[Callable[..., Answer]], View]:
    """Make a view of a method of Api: only for platforms, and with an answer that proves itself."""

    def decorate(answer: Callable[..., Answer]) -> View:
        @wraps(answer)
        def view(api: "Api", request: HttpRequest, **arguments: Any) -> HttpResponse:
            try:
                if request.method != method:
                    raise WrongMethod(f"it answers to {method}")
                credentials = api.gate.identify(request)
            except CallRefused as refusal:
                # Not a line of log for a stranger: it would let anybody fill the disk.
                return problem(refusal)
            try:
                body = api.gate.body(request, credentials)
                response = _json(answer(api, _Call(request, credentials.platform, body), **arguments))
            except CallRefused as refusal:
                response = _refused(refusal, request)
            return api.gate.prove(response, credentials)

        return view

    return decorate


class _Call:
    """What a view needs to know of a proven call."""

    def __init__(self, request: HttpRequest, platform: str, body: bytes) -> None:
        self.query = request.GET
        self.platform = platform
        self.body = body

    def number(self, name: str, default: int, most: int) -> int:
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit()) or len(text) > 19 or int(text) > most:
            raise Malformed(f"{name} must be a whole number up to {most}")
        return int(text)


class Api:
    """The views, bound to what they call."""

    def __init__(self, decisions: Decisions, gate: Gate, admission: Admission, keys: tuple[PublicKey, ...]) -> None:
        self.decisions = decisions
        self.gate = gate
        self.admission = admission
        self.public_keys = keys

    @call("POST")
    def decide(self, call: _Call) -> Answer:
        entries = [_entry(wire) for wire in _requests(call.body)]
        with self.admission.admitted():
            outcomes = self.decisions.decide(call.platform, entries)
        return {"outcomes": [outcome_to_wire(outcome) for outcome in outcomes]}

    @call("GET")
    def decision(self, call: _Call, id: UUID) -> Answer:
        with self.admission.admitted():
            outcome = self.decisions.decision(call.platform, id)
        if outcome is None:
            raise UnknownDecision
        return outcome_to_wire(outcome)

    @call("GET")
    def log(self, call: _Call) -> Answer:
        after = call.number("after", default=0, most=MAX_POSITION)
        limit = call.number("limit", default=MAX_PAGE, most=MAX_PAGE)
        with self.admission.admitted():
            page = self.decisions.log(call.platform, after, max(1, limit))
        decisions = [outcome_to_wire(entry.outcome) for entry in page.entries]
        return {"decisions": decisions, "next": page.next, "head": page.head}

    @call("GET")
    def sums(self, call: _Call) -> Answer:
        after = call.number("after", default=0, most=MAX_POSITION)
        until = call.number("until", default=after + MAX_SUMMED, most=MAX_POSITION)
        width = max(1, call.number("width", default=1000, most=MAX_SUMMED))
        if after % width or not after <= until <= after + MAX_SUMMED:
            raise Malformed(f"after is a multiple of width, and until at most {MAX_SUMMED} past it")
        with self.admission.admitted():
            return {"buckets": [asdict(found) for found in self.decisions.sums(call.platform, after, until, width)]}

    @call("GET")
    def keys(self, call: _Call) -> Answer:
        return {"keys": [key_to_wire(key) for key in self.public_keys]}

    @call("GET")
    def checkpoint(self, call: _Call) -> Answer:
        with self.admission.admitted():
            return batch_to_wire(self.decisions.checkpoint())

    @call("GET")
    def batches(self, call: _Call) -> Answer:
        after = call.number("after", default=0, most=MAX_POSITION)
        limit = call.number("limit", default=MAX_PAGE, most=MAX_PAGE)
        with self.admission.admitted():
            chain = self.decisions.chain(after, max(1, limit))
        return {"batches": [batch_to_wire(batch) for batch in chain]}

    def livez(self, request: HttpRequest) -> HttpResponse:
        """The process answers."""
        return _json({"status": "ok"})

    def readyz(self, request: HttpRequest) -> HttpResponse:
        """The database answers too."""
        try:
            self.decisions.check()
        except DatabaseAway as away:
            return problem(away)
        return _json({"status": "ok"})


def _requests(body: bytes) -> list[Any]:
    try:
        document = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as unreadable_body:
        raise Malformed("the body is no JSON") from unreadable_body
    requests = document.get("requests") if isinstance(document, dict) else None
    if not isinstance(requests, list):
        raise Malformed("the body must be an object with a list of requests")
    if len(requests) > MAX_BATCH:
        raise TooLarge(f"a call may carry {MAX_BATCH} requests")
    return requests


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _entry(wire: Any) -> Request | Outcome:
    try:
        return request_from_wire(wire)
    except InvalidRequest as invalid:
        return unreadable(_id_of(wire), str(invalid))


def _id_of(wire: Any) -> UUID | None:
    try:
        return UUID(wire["id"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _json(answer: Answer) -> HttpResponse:
    return HttpResponse(json.dumps(answer, separators=(",", ":")), content_type="application/json")


def _refused(refusal: CallRefused, request: HttpRequest) -> HttpResponse:
    response = problem(refusal)
    if not isinstance(refusal, UnknownDecision):
        logger.warning("call refused", status=response.status_code, path=request.path, detail=refusal.detail)
    return response
