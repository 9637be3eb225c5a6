"""The notary's front door: who is let in, what is understood, and how every answer proves itself."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from notary.admission import Admission
from notary.client.mac import Credentials, credentials_for, is_answer_proven
from notary.client.values import Outcome
from notary.decisions import Decisions
from notary.errors import DatabaseAway
from notary.gate import MAX_BODY, Gate
from notary.stores.memory import MemoryStore
from notary.views import Api
from tests.notary.situations import KEY, OTHER, OTHER_KEY, PLATFORM, SIGNER

NOW = 1_700_000_000.0
DECISIONS = "/v1/decisions"


class CountingStore(MemoryStore):
    """Counts how often somebody came as far as the books; away while `is_away`."""

    def __init__(self) -> None:
        super().__init__()
        self.visits = 0
        self.is_away = False

    def turn(self, platform: str, wanted: Any) -> Any:
        self.visits += 1
        if self.is_away:
            raise DatabaseAway("away")
        return super().turn(platform, wanted)

    def check(self) -> None:
        if self.is_away:
            raise DatabaseAway("away")


class House:
    """An API over books in memory, and a platform that calls it."""

    def __init__(self) -> None:
        self.store = CountingStore()
        self.admission = Admission(2)
        self.api = Api(
            Decisions(self.store, SIGNER),
            Gate({PLATFORM: KEY.encode(), OTHER: OTHER_KEY.encode()}, clock=lambda: NOW),
            self.admission,
            (SIGNER.public,),
        )

    def credentials(self, target: str, body: bytes = b"", method: str = "POST", **changes: Any) -> Credentials:
        chosen = {"platform": PLATFORM, "key": KEY.encode(), "at_ms": int(NOW * 1000), **changes}
        return credentials_for(method=method, target=target, body=body, **chosen)

    def post(self, body: bytes, authorization: str | None = None, **headers: Any) -> HttpResponse:
        header = authorization if authorization is not None else self.credentials(DECISIONS, body).header()
        request = RequestFactory().generic(
            "POST", DECISIONS, body, "application/json", headers={"Authorization": header}, **headers
        )
        return self.api.decide(request)

    def get(self, view: Any, target: str, platform: str = PLATFORM, key: str = KEY, **arguments: Any) -> HttpResponse:
        credentials = self.credentials(target, method="GET", platform=platform, key=key.encode())
        request = RequestFactory().get(target, headers={"Authorization": credentials.header()})
        response: HttpResponse = view(request, **arguments)
        return response

    def decide(self, *requests: Any) -> list[dict[str, Any]]:
        response = self.post(json.dumps({"requests": requests}).encode())
        assert response.status_code == 200, response.content
        outcomes: list[dict[str, Any]] = json.loads(response.content)["outcomes"]
        return outcomes


@pytest.fixture
def house() -> House:
    return House()


def register(face: Any = 1000) -> dict[str, Any]:
    return {"kind": "register", "id": str(uuid4()), "face": face}


def commit(voucher: str, amount: Any = 1, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "commit",
        "id": str(uuid4()),
        "allocations": [{"voucher": voucher, "amount": amount}],
        **fields,
    }


def assert_problem(response: HttpResponse, status: int, code: str) -> None:
    document = json.loads(response.content)
    assert (response.status_code, document["status"], document["code"]) == (status, status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert document.keys() >= {"type", "title", "detail"}


class TestProof:
    @pytest.mark.parametrize(
        "header",
        [
            "",
            "Bearer x",
            "Hansatsu",
            "Hansatsu platform=hansatsu",
            f"Hansatsu platform=hansatsu, at=1, nonce={'0' * 32}, body={'0' * 64}, mac={'é' * 64}",
        ],
    )
    def test_that_is_none_lets_nobody_in(self, house: House, header: str) -> None:
        assert_problem(house.post(b'{"requests": []}', authorization=header), 401, "unauthenticated")

    @pytest.mark.parametrize(
        "changes",
        [
            {"platform": "stranger"},
            {"key": b"x" * 32},
            {"platform": OTHER},
            {"at_ms": int(NOW * 1000) - 300_001},
            {"at_ms": int(NOW * 1000) + 300_001},
        ],
    )
    def test_of_another_or_another_time_lets_nobody_in(self, house: House, changes: dict[str, Any]) -> None:
        body = json.dumps({"requests": [register()]}).encode()

        response = house.post(body, house.credentials(DECISIONS, body, **changes).header())

        assert_problem(response, 401, "unauthenticated")
        assert house.store.visits == 0

    @pytest.mark.parametrize("at_ms", [int(NOW * 1000) - 300_000, int(NOW * 1000) + 300_000])
    def test_holds_for_five_minutes_either_way(self, house: House, at_ms: int) -> None:
        body = b'{"requests": []}'

        response = house.post(body, house.credentials(DECISIONS, body, at_ms=at_ms).header())

        assert response.status_code == 200

    @pytest.mark.parametrize("made_for", [("GET", DECISIONS), ("POST", "/v1/log"), ("POST", DECISIONS + "?a=1")])
    def test_for_another_resource_does_not_fit(self, house: House, made_for: tuple[str, str]) -> None:
        body = json.dumps({"requests": [register()]}).encode()

        response = house.post(body, house.credentials(made_for[1], body, method=made_for[0]).header())

        assert_problem(response, 401, "unauthenticated")

    def test_for_another_body_does_not_fit(self, house: House) -> None:
        body = json.dumps({"requests": [register()]}).encode()

        response = house.post(body, house.credentials(DECISIONS, b'{"requests": []}').header())

        assert_problem(response, 401, "unauthenticated")
        assert house.store.visits == 0

    def test_is_asked_for_before_the_body_is_read(self, house: House) -> None:
        request = RequestFactory().generic("POST", DECISIONS, b"x" * 10, headers={"Authorization": "none"})

        house.api.decide(request)

        assert not hasattr(request, "_body")

    def test_is_given_with_every_answer_to_a_proven_call(self, house: House) -> None:
        for body, status in ((b'{"requests": []}', 200), (b"[]", 400)):
            credentials = house.credentials(DECISIONS, body)

            response = house.post(body, credentials.header())

            proof = response["Hansatsu-Mac"]
            assert response.status_code == status
            assert is_answer_proven(KEY.encode(), credentials.mac, status, response.content, proof)
            assert not is_answer_proven(KEY.encode(), "0" * 64, status, response.content, proof)
            assert not is_answer_proven(KEY.encode(), credentials.mac, 500, response.content, proof)
            assert not is_answer_proven(KEY.encode(), credentials.mac, status, b"", proof)


class TestSize:
    def test_is_checked_first(self, house: House) -> None:
        response = house.post(b"", authorization="none", CONTENT_LENGTH=str(MAX_BODY + 1))

        assert_problem(response, 413, "too_large")

    def test_of_a_batch_is_256(self, house: House) -> None:
        body = json.dumps({"requests": [register() for _ in range(257)]}).encode()

        assert_problem(house.post(body), 413, "too_large")
        assert house.store.visits == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        b"[]",
        b"{}",
        b"null",
        b'{"requests": {}}',
        b'{"requests": NaN}',
        b"\xff",
        b'{"requests": ' + b"[" * 100_000,
        b'{"requests": [' + b"9" * 5000 + b"]}",
    ],
)
def test_a_body_that_is_no_call_is_malformed(house: House, body: bytes) -> None:
    assert_problem(house.post(body), 400, "malformed")
    assert house.store.visits == 0


def test_a_batch_answers_each_request_in_order(house: House) -> None:
    voucher = register(1000)
    spent = commit(voucher["id"], 400)

    outcomes = house.decide(voucher, spent, commit(voucher["id"], 601), {"kind": "void", "id": str(uuid4())})

    assert [outcome["outcome"] for outcome in outcomes] == ["registered", "committed", "refused", "voided"]
    assert [outcome["position"] for outcome in outcomes] == [1, 2, 3, 4]
    assert outcomes[1]["id"] == spent["id"]
    assert outcomes[2]["reason"] == "overspent"
    assert outcomes[1]["decided_at"] == outcomes[1]["receipt"]["leaf"]["decided_at"]


ID = str(UUID(int=1))
ONE = [{"voucher": ID, "amount": 1}]


@pytest.mark.parametrize(
    "entry",
    [
        None,
        1,
        [],
        "commit",
        {},
        {"kind": "spend", "id": ID},
        {"kind": ["void"], "id": ID},
        {"kind": "void"},
        {"kind": "void", "id": 1},
        {"kind": "void", "id": "{" + ID + "}"},
        {"kind": "void", "id": ID.replace("-", "")},
        {"kind": "void", "id": "\ud800"},
        {"kind": "void", "id": ID, "valid_until": None},
        {"kind": "register", "id": ID},
        *({"kind": "register", "id": ID, "face": face} for face in (0, -1, 1.0, "1", True, None, 10**12 + 1, [])),
        {"kind": "commit", "id": ID},
        {"kind": "commit", "id": ID, "allocations": []},
        {"kind": "commit", "id": ID, "allocations": {}},
        {"kind": "commit", "id": ID, "allocations": [1]},
        {"kind": "commit", "id": ID, "allocations": [{"voucher": ID}]},
        {"kind": "commit", "id": ID, "allocations": [{"voucher": ID, "amount": 1, "x": 1}]},
        {"kind": "commit", "id": ID, "allocations": ONE + ONE},
        {"kind": "commit", "id": ID, "allocations": [{"voucher": ID, "amount": True}]},
        {"kind": "commit", "id": ID, "allocations": [{"voucher": ID, "amount": 0}]},
        {"kind": "commit", "id": ID, "allocations": [{"voucher": str(UUID(int=n)), "amount": 1} for n in range(101)]},
        {"kind": "commit", "id": ID, "allocations": ONE, "valid_till": "2100-01-01T00:00:00Z"},
        {"kind": "commit", "id": ID, "allocations": ONE, "valid_until": "2100-01-01T00:00:00"},
        {"kind": "commit", "id": ID, "allocations": ONE, "valid_until": "tomorrow"},
        {"kind": "commit", "id": ID, "allocations": ONE, "valid_until": 1},
        {"kind": "reverse", "id": ID, "allocations": ONE},
        {"kind": "reverse", "id": ID, "transaction": ID, "allocations": []},
        {"kind": "close", "id": ID},
        {"kind": "close", "id": ID, "voucher": "x"},
    ],
)
def test_a_bad_entry_is_invalid_and_its_neighbours_are_carried_out(house: House, entry: Any) -> None:
    before, bad, after = house.decide(register(), entry, register())

    assert (before["outcome"], bad["outcome"], after["outcome"]) == ("registered", "invalid", "registered")
    assert bad["detail"]
    assert "position" not in bad
    assert after["position"] == before["position"] + 1


def test_an_id_may_be_written_in_capitals(house: House) -> None:
    capitals = "ABCDEFAB-0000-0000-0000-000000000000"

    first, again = house.decide({"kind": "void", "id": capitals}, {"kind": "void", "id": capitals.lower()})

    assert first == again
    assert first["id"] == capitals.lower()


class TestReading:
    def test_a_decision_is_found_with_the_receipt_it_had(self, house: House) -> None:
        [outcome] = house.decide(register())

        response = house.get(house.api.decision, f"{DECISIONS}/{outcome['id']}", id=UUID(outcome["id"]))

        assert json.loads(response.content) == outcome

    def test_a_decision_of_another_platform_does_not_exist(self, house: House) -> None:
        [outcome] = house.decide(register())
        target = f"{DECISIONS}/{outcome['id']}"

        response = house.get(house.api.decision, target, OTHER, OTHER_KEY, id=UUID(outcome["id"]))

        assert_problem(response, 404, "unknown_decision")

    def test_the_log_is_read_page_by_page(self, house: House) -> None:
        outcomes = house.decide(*(register() for _ in range(5)))

        first = json.loads(house.get(house.api.log, "/v1/log?after=1&limit=3").content)
        rest = json.loads(house.get(house.api.log, f"/v1/log?after={first['next']}").content)

        assert first == {"decisions": outcomes[1:4], "next": 4, "head": 5}
        assert rest == {"decisions": outcomes[4:], "next": 5, "head": 5}

    @pytest.mark.parametrize("query", ["after=-1", "after=x", "after=٣", "limit=1001", "after=9223372036854775808"])
    def test_the_log_understands_numbers_only(self, house: House, query: str) -> None:
        target = RequestFactory().get(f"/v1/log?{query}").get_full_path()

        assert_problem(house.get(house.api.log, target), 400, "malformed")

    def test_keys_checkpoint_and_chain_are_published(self, house: House) -> None:
        empty = json.loads(house.get(house.api.checkpoint, "/v1/checkpoint").content)
        [outcome] = house.decide(register())

        keys = json.loads(house.get(house.api.keys, "/v1/keys").content)["keys"]
        checkpoint = json.loads(house.get(house.api.checkpoint, "/v1/checkpoint").content)
        batches = json.loads(house.get(house.api.batches, "/v1/batches").content)["batches"]

        assert [key["key_id"] for key in keys] == [SIGNER.public.key_id]
        assert (empty["position"], checkpoint["position"]) == (0, 1)
        assert checkpoint["batch"] == outcome["receipt"]["batch"]
        assert batches == [checkpoint]

    def test_the_wrong_method_is_named(self, house: House) -> None:
        assert_problem(house.api.decide(RequestFactory().get(DECISIONS)), 405, "wrong_method")


class TestTrouble:
    def test_a_full_house_says_when_to_come_back(self, house: House) -> None:
        with house.admission.admitted(), house.admission.admitted():
            response = house.post(json.dumps({"requests": [register()]}).encode())

        assert_problem(response, 429, "overloaded")
        assert response["Retry-After"] == str(json.loads(response.content)["retry_after"]) == "1"
        assert house.store.visits == 0

    def test_books_that_are_away_are_said_to_be_away(self, house: House) -> None:
        house.store.is_away = True

        response = house.post(json.dumps({"requests": [register()]}).encode())

        assert_problem(response, 503, "database_away")
        assert "Hansatsu-Mac" in response

    def test_readiness_follows_the_books_and_liveness_does_not(self, house: House) -> None:
        house.store.is_away = True
        request = RequestFactory().get("/")

        assert (house.api.livez(request).status_code, house.api.readyz(request).status_code) == (200, 503)
        house.store.is_away = False
        assert house.api.readyz(request).status_code == 200


def test_an_outcome_has_no_receipt_unless_it_is_a_decision(house: House) -> None:
    voucher = register()
    _, late, conflict = house.decide(
        voucher, commit(voucher["id"], valid_until="2000-01-01T00:00:00Z"), {**voucher, "face": 1}
    )

    assert (late["outcome"], conflict["outcome"]) == ("too_late", "conflict")
    assert late.keys() == conflict.keys() == {"id", "outcome", "detail"}
    assert Outcome.__dataclass_fields__.keys() >= late.keys()
