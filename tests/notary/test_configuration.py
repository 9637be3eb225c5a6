"""A notary that is set up unsafely does not start."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from notary.errors import Misconfigured
from notary.sealing import Signer
from notary.service import read_platforms, read_retired_keys
from tests.notary.situations import SIGNER


def test_platforms_are_read_with_their_keys() -> None:
    text = f"hansatsu={'a' * 32}, other={'b=' * 16},"

    assert read_platforms(text) == {"hansatsu": b"a" * 32, "other": b"b=" * 16}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hansatsu",
        "hansatsu=short",
        f"={'a' * 32}",
        f"Hansatsu={'a' * 32}",
        f"one={'a' * 32},two={'a' * 32}",
        f"one={'a' * 32},one={'b' * 32}",
    ],
)
def test_platforms_without_a_key_of_their_own_are_refused(text: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        read_platforms(text)

    assert "aaaa" not in str(refusal.value)


def test_a_signing_key_that_is_no_key_is_refused() -> None:
    with pytest.raises(Misconfigured):
        Signer.from_pem("no key")


def test_a_signing_key_of_another_kind_is_refused() -> None:
    key = generate_private_key(SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    with pytest.raises(Misconfigured):
        Signer.from_pem(pem)
    with pytest.raises(Misconfigured):
        read_retired_keys(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def test_retired_keys_are_read_one_after_the_other() -> None:
    assert read_retired_keys(SIGNER.public.pem * 2) == (SIGNER.public, SIGNER.public)
    assert read_retired_keys("") == ()


def test_retired_keys_that_are_no_keys_are_refused() -> None:
    with pytest.raises(Misconfigured):
        read_retired_keys("no key")
