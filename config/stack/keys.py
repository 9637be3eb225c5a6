"""Secrets of a local stack: made once, kept under its directory, readable by its owner alone."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def new_password() -> str:
    return secrets.token_urlsafe(32)


def new_signing_key() -> str:
    """An Ed25519 private key, PEM in PKCS 8."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def write_private(path: Path, text: str) -> None:
    """Put the text in a file that nobody else may read, complete or not at all."""
    staging = path.with_name(f".{path.name}.new")
    staging.unlink(missing_ok=True)
    descriptor = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    staging.rename(path)


def kept(path: Path, make: Callable[[], str] = new_password) -> str:
    """The secret kept at the path; made at the first call."""
    if not path.exists():
        write_private(path, make())
    return path.read_text()
