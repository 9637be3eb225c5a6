"""The client believes nothing that does not prove itself, and tells refusals from failures."""

import json
from uuid import uuid4

import pytest

from notary.client.errors import (
    NotaryBadAnswer,
    NotaryNotAuthentic,
    NotaryNotReady,
    NotaryOverloaded,
    NotaryRejected,
    NotaryUnavailable,
)
from notary.client.http import HttpNotary
from notary.client.values import Commit, Request, Void
from notary.client.wire import outcome_to_wire
from notary.stores.memory import MemoryStore
from tests.notary.servers import (
    answering,
    client,
    notary_answer,
    proven_answer,
    sending,
    serving,
    told,
)
from tests.notary.situations import KEY, OTHER, PLATFORM, Desk


class TestProof:
    @pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500, 503])
    def test_an_answer_without_one_is_no_answer(self, status: int) -> None:
        data = f'HTTP/1.1 {status} X\r\nContent-Length: 15\r\n\r\n{{"outcomes": []}}'.encode()
        with serving(sending(data)) as server, pytest.raises(NotaryNotAuthentic):
            client(server.url).decide([], budget=5)

    def test_an_answer_with_one_of_another_key_is_no_answer(self) -> None:
        with (
            serving(answering(lambda head, _: proven_answer(head, 200, b'{"outcomes": []}', key="x" * 32))) as server,
            pytest.raises(NotaryNotAuthentic),
        ):
            client(server.url).decide([], budget=5)

    def test_an_answer_to_another_request_is_no_answer(self) -> None:
        heads: list[bytes] = []

        def replay(head: bytes, body: bytes) -> bytes:
            heads.append(head)
            return proven_answer(heads[0], 200, b'{"outcomes": []}')

        with serving(answering(replay)) as server:
            notary = client(server.url)
            assert notary.decide([], budget=5) == []

            with pytest.raises(NotaryNotAuthentic):
                notary.decide([], budget=5)

    @pytest.mark.parametrize("lie", ["no receipt", "other id", "other content", "other outcome", "other platform"])
    def test_a_decision_that_its_receipt_does_not_prove_is_no_answer(self, lie: str) -> None:
        request: Request = Commit(uuid4(), ((uuid4(), 100),))
        asked: dict[str, Request] = {
            "other id": Commit(uuid4(), request.allocations),
            "other content": Commit(request.id, ((uuid4(), 100),)),
        }
        platform = OTHER if lie == "other platform" else PLATFORM
        [outcome] = Desk(MemoryStore(), platform).batch(asked.get(lie, request))
        wire = outcome_to_wire(outcome)
        if lie == "no receipt":
            wire["receipt"] = None
        if lie == "other id":
            wire["id"] = str(request.id)
        if lie == "other outcome":
            wire |= {"outcome": "committed", "reason": None}
        body = json.dumps({"outcomes": [wire]}).encode()

        with (
            serving(answering(lambda head, _: proven_answer(head, 200, body))) as server,
            pytest.raises(NotaryNotAuthentic),
        ):
            client(server.url).decide([request], budget=5)

    def test_a_receipt_signed_with_a_key_that_is_not_pinned_is_no_answer(self) -> None:
        with serving(answering(notary_answer)) as server, pytest.raises(NotaryNotAuthentic):
            HttpNotary(server.url, PLATFORM, KEY, public_keys={}).decide([Void(uuid4())], budget=5)

    def test_the_void_of_an_id_is_a_proven_answer_to_its_late_commit(self) -> None:
        desk, commit = Desk(MemoryStore()), Commit(uuid4(), ((uuid4(), 100),))
        desk.ask(Void(commit.id))
        body = told(desk.batch(commit))
        with serving(answering(lambda head, _: proven_answer(head, 200, body))) as server:
            [outcome] = client(server.url).decide([commit], budget=5)

        assert (outcome.outcome, outcome.reason) == ("refused", "voided")


class TestRefusals:
    def ask(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        with serving(answering(lambda head, _: proven_answer(head, status, body))) as server:
            client(server.url).decide([Void(uuid4())], budget=5)

    def test_a_full_notary_says_when_to_come_back(self) -> None:
        with pytest.raises(NotaryOverloaded) as failure:
            self.ask(429, {"retry_after": 7})

        assert failure.value.retry_after == 7

    def test_a_notary_without_its_database_is_not_ready(self) -> None:
        with pytest.raises(NotaryNotReady):
            self.ask(503, {"retry_after": 1})

    def test_a_call_that_is_wrong_is_rejected_and_not_to_be_retried(self) -> None:
        with pytest.raises(NotaryRejected) as failure:
            self.ask(400, {"code": "malformed", "detail": "x"})

        assert (failure.value.status, failure.value.code) == (400, "malformed")
        assert not isinstance(failure.value, NotaryUnavailable)

    @pytest.mark.parametrize("document", [[], {}, {"outcomes": 1}, {"outcomes": []}, {"outcomes": [{}]}, None])
    def test_a_proven_answer_that_makes_no_sense_is_a_bad_answer(self, document: object) -> None:
        with pytest.raises(NotaryBadAnswer):
            self.ask(200, document)

    def test_a_failing_notary_is_a_bad_answer(self) -> None:
        with pytest.raises(NotaryBadAnswer):
            self.ask(500, {})
