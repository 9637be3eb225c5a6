"""A receipt proves its decision to anyone with the public key, and nothing else."""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from notary.client.receipts import BadReceipt, verify_chain, verify_receipt
from notary.client.values import Commit, Register, SignedBatch, Void
from notary.sealing import empty_checkpoint
from notary.stores.memory import MemoryStore
from tests.notary.situations import PUBLIC_KEYS, SIGNER, Desk

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "notary-api.md"


@pytest.fixture
def receipt() -> dict[str, Any]:
    """The receipt of the second of three decisions, as JSON carries it."""
    voucher = uuid4()
    _, committed, _ = Desk(MemoryStore()).batch(
        Register(voucher, 1000), Commit(uuid4(), ((voucher, 10),)), Void(uuid4())
    )
    parsed: dict[str, Any] = json.loads(json.dumps(committed.receipt))
    return parsed


def test_verifies_after_a_trip_through_json(receipt: dict[str, Any]) -> None:
    assert verify_receipt(receipt, PUBLIC_KEYS)["outcome"] == "committed"


@pytest.mark.parametrize(
    ("place", "forged"),
    [
        (("leaf", "outcome"), "refused"),
        (("leaf", "position"), 3),
        (("leaf", "platform"), "other"),
        (("leaf", "decided_at"), "2001-01-01T00:00:00.000000+00:00"),
        (("leaf", "allocations"), []),
        (("index",), 0),
        (("index",), "x"),
        (("path",), []),
        (("path",), ["00" * 32, "00" * 32]),
        (("path",), ["zz"]),
        (("path",), None),
        (("batch", "root"), "00" * 32),
        (("batch", "count"), 2),
        (("batch", "first"), 2),
        (("batch", "number"), 2),
        (("batch", "type"), "something else"),
        (("batch", "key_id"), "0" * 16),
        (("batch",), None),
        (("signature",), "A" * 86 + "=="),
        (("signature",), "no base64"),
        (("key_id",), "0" * 16),
    ],
)
def test_fails_when_anything_in_it_is_changed(receipt: dict[str, Any], place: tuple[str, ...], forged: object) -> None:
    *way, last = place
    target = receipt
    for step in way:
        target = target[step]
    target[last] = forged

    with pytest.raises(BadReceipt):
        verify_receipt(receipt, PUBLIC_KEYS)


@pytest.mark.parametrize("part", ["leaf", "index", "path", "batch", "signature", "key_id"])
def test_fails_when_a_part_is_missing(receipt: dict[str, Any], part: str) -> None:
    del receipt[part]

    with pytest.raises(BadReceipt):
        verify_receipt(receipt, PUBLIC_KEYS)


def test_fails_against_another_key(receipt: dict[str, Any]) -> None:
    with pytest.raises(BadReceipt):
        verify_receipt(receipt, {SIGNER.public.key_id: bytes(32)})


def test_can_be_checked_without_our_code(receipt: dict[str, Any], tmp_path: Path) -> None:
    """Runs the recipe of docs/notary-api.md as it is printed there: Python's own library, and openssl."""
    python, shell = recipe()
    (tmp_path / "key.pem").write_text(SIGNER.public.pem)
    (tmp_path / "receipt.json").write_text(json.dumps(receipt))

    subprocess.run([sys.executable, "-c", python], cwd=tmp_path, check=True)
    assert run(shell, tmp_path) == 0

    (tmp_path / "header").write_bytes((tmp_path / "header").read_bytes().replace(b'"count":3', b'"count":4'))
    assert run(shell, tmp_path) != 0


def recipe() -> tuple[str, str]:
    text = DOCUMENT.read_text().partition("### Checking one without our code")[2]
    python, shell = re.findall(r"```(?:python|sh)\n(.*?)```", text, re.DOTALL)
    return python, shell


def run(shell: str, directory: Path) -> int:
    return subprocess.run(["sh", "-c", shell], cwd=directory, capture_output=True, check=False).returncode


class TestChain:
    @pytest.fixture
    def chain(self) -> list[SignedBatch]:
        desk = Desk(MemoryStore())
        for count in (2, 1, 3):
            desk.batch(*(Void(uuid4()) for _ in range(count)))
        return desk.decisions.chain(0, 100)

    def test_that_is_whole_verifies_to_its_head(self, chain: list[SignedBatch]) -> None:
        assert verify_chain(chain, PUBLIC_KEYS) == 6

    def test_of_an_empty_log_is_whole(self) -> None:
        assert verify_chain([], PUBLIC_KEYS) == 0

    @pytest.mark.parametrize("missing", [0, 1])
    def test_without_a_link_is_broken(self, chain: list[SignedBatch], missing: int) -> None:
        del chain[missing]

        with pytest.raises(BadReceipt):
            verify_chain(chain, PUBLIC_KEYS)

    def test_with_a_link_in_another_place_is_broken(self, chain: list[SignedBatch]) -> None:
        with pytest.raises(BadReceipt):
            verify_chain([chain[1], chain[0], chain[2]], PUBLIC_KEYS)

    def test_with_a_link_signed_anew_by_another_is_broken(self, chain: list[SignedBatch]) -> None:
        header = {**copy.deepcopy(chain[1].header), "root": "00" * 32}
        chain[1] = SignedBatch(header, chain[1].signature, chain[1].key_id)

        with pytest.raises(BadReceipt):
            verify_chain(chain, PUBLIC_KEYS)

    def test_rewritten_by_the_notary_itself_does_not_fit_what_follows(self, chain: list[SignedBatch]) -> None:
        chain[1] = SIGNER.sign({**chain[1].header, "root": "00" * 32})

        with pytest.raises(BadReceipt, match="breaks at batch 3"):
            verify_chain(chain, PUBLIC_KEYS)


def test_an_empty_log_has_a_signed_checkpoint() -> None:
    checkpoint = Desk(MemoryStore()).decisions.checkpoint()

    assert checkpoint == empty_checkpoint(SIGNER)
    assert (checkpoint.position, checkpoint.header["number"]) == (0, 0)
