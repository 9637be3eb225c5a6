"""The notary over HTTP: one total budget per call, and no answer that does not prove itself."""

import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from notary.client.deadline import Deadline
from notary.client.errors import (
    NotaryBadAnswer,
    NotaryNotAuthentic,
    NotaryNotReady,
    NotaryOverloaded,
    NotaryRejected,
)
from notary.client.exchange import Answer, Exchange, Question
from notary.client.mac import credentials_for, is_answer_proven
from notary.client.proofs import Keys, Proofs
from notary.client.receipts import BadReceipt, verify_signature
from notary.client.values import BucketSums, LogPage, Outcome, PublicKey, Request, SignedBatch
from notary.client.wire import (
    batch_from_wire,
    entry_from_outcome,
    key_from_wire,
    outcome_from_wire,
    request_to_wire,
)

Document = Mapping[str, Any]
T = TypeVar("T")


class HttpNotary:
    """The port `Notary` over HTTP. Safe among threads; keeps connections alive.

    `key` is the secret that this platform shares with the notary. `public_keys` (raw keys by key id)
    pins the keys that receipts must be signed with; without it they are fetched once from the notary.
    `guard` is called before every call and raises if this is no moment for one (an open transaction).
    """

    def __init__(
        self,
        url: str,
        platform: str,
        key: str,
        *,
        public_keys: Keys | None = None,
        guard: Callable[[], None] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._exchange = Exchange(url, tls)
        self._platform = platform
        self._key = key.encode()
        self._keys: Keys = public_keys or {}
        self._is_pinned = public_keys is not None
        self._guard = guard or (lambda: None)

    def decide(self, requests: Sequence[Request], *, budget: float) -> list[Outcome]:
        deadline = self._begin(budget)
        body = json.dumps({"requests": [request_to_wire(request) for request in requests]}).encode()
        document = self._ask("POST", "/v1/decisions", deadline, body)
        outcomes = _read(lambda: [outcome_from_wire(wire) for wire in document["outcomes"]])
        if len(outcomes) != len(requests):
            raise NotaryBadAnswer("not one outcome per request")
        proofs = self._proofs(deadline)
        for request, outcome in zip(requests, outcomes, strict=True):
            proofs.check_answer(request, outcome)
        return outcomes

    def decision(self, id: UUID, *, budget: float) -> Outcome | None:
        deadline = self._begin(budget)
        try:
            document = self._ask("GET", f"/v1/decisions/{id}", deadline)
        except NotaryRejected as rejected:
            if rejected.code == "unknown_decision":
                return None
            raise
        outcome = _read(lambda: outcome_from_wire(document))
        if outcome.id != id:
            raise NotaryNotAuthentic("the answer is about another id")
        self._proofs(deadline).check(outcome)
        return outcome

    def log(self, after: int, limit: int, *, budget: float) -> LogPage:
        deadline = self._begin(budget)
        document = self._ask("GET", f"/v1/log?after={after}&limit={limit}", deadline)
        outcomes = _read(lambda: [outcome_from_wire(wire) for wire in document["decisions"]])
        proofs = self._proofs(deadline)
        for outcome in outcomes:
            proofs.check(outcome)
        entries = _read(lambda: tuple(entry_from_outcome(outcome) for outcome in outcomes))
        return _read(lambda: LogPage(entries, int(document["next"]), int(document["head"])))

    def sums(self, after: int, until: int, width: int, *, budget: float) -> list[BucketSums]:
        deadline = self._begin(budget)
        document = self._ask("GET", f"/v1/sums?after={after}&until={until}&width={width}", deadline)
        return _read(lambda: [BucketSums(**{name: int(n) for name, n in wire.items()}) for wire in document["buckets"]])

    def keys(self, *, budget: float) -> list[PublicKey]:
        return self._fetch_keys(self._begin(budget))

    def checkpoint(self, *, budget: float) -> SignedBatch:
        deadline = self._begin(budget)
        document = self._ask("GET", "/v1/checkpoint", deadline)
        checkpoint = _read(lambda: batch_from_wire(document))
        try:
            verify_signature(checkpoint, self._keys_for(checkpoint.key_id, deadline))
        except BadReceipt as bad:
            raise NotaryNotAuthentic(f"the checkpoint fails: {bad}") from bad
        return checkpoint

    def close(self) -> None:
        """Close the connections that are kept alive."""
        self._exchange.close()

    def _begin(self, budget: float) -> Deadline:
        self._guard()
        return Deadline(budget)

    def _ask(self, method: str, target: str, deadline: Deadline, body: bytes = b"") -> Document:
        credentials = credentials_for(
            platform=self._platform,
            key=self._key,
            method=method,
            target=target,
            body=body,
            at_ms=int(time.time() * 1000),
        )
        headers = {"Authorization": credentials.header(), "Content-Type": "application/json"}
        answer = self._exchange.ask(Question(method, target, headers, body), deadline)
        # Before a word of it is believed: an error status from something in between proves nothing.
        if not is_answer_proven(self._key, credentials.mac, answer.status, answer.body, answer.proof):
            raise NotaryNotAuthentic(f"an answer with status {answer.status} proves nothing")
        return _document(answer)

    def _proofs(self, deadline: Deadline) -> Proofs:
        return Proofs(self._platform, lambda key_id: self._keys_for(key_id, deadline))

    def _keys_for(self, key_id: str, deadline: Deadline) -> Keys:
        if key_id not in self._keys and not self._is_pinned:
            self._keys = {key.key_id: key.raw for key in self._fetch_keys(deadline)}
        return self._keys

    def _fetch_keys(self, deadline: Deadline) -> list[PublicKey]:
        document = self._ask("GET", "/v1/keys", deadline)
        return _read(lambda: [key_from_wire(wire) for wire in document["keys"]])


def _document(answer: Answer) -> Document:
    document = _read(lambda: json.loads(answer.body))
    if not isinstance(document, dict):
        raise NotaryBadAnswer("the answer is no object")
    if answer.status == 200:
        return document
    detail, retry_after = str(document.get("detail", "")), document.get("retry_after")
    if answer.status == 429:
        raise NotaryOverloaded(detail, retry_after=retry_after)
    if answer.status == 503:
        raise NotaryNotReady(detail, retry_after=retry_after)
    if 400 <= answer.status < 500:
        raise NotaryRejected(answer.status, str(document.get("code", "")), detail)
    raise NotaryBadAnswer(f"status {answer.status}")


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as garbled:
        raise NotaryBadAnswer("the answer is not understood") from garbled
