"""What the person at the terminal, or the program that started us, is told."""

import base64
import contextlib
import hashlib
import hmac
import json
import struct
import sys
import time
from typing import TextIO

from config.stack.processes import Addresses
from regions.demo_sign_in import DEMO_PASSWORD, DEMO_TOTP_SECRET

DEMO_SIGN_INS = (
    ("resident1@kashima.example", "a resident"),
    ("shop@kashima.example", "a shop"),
    ("staff@kashima.example", "the secretariat (staff2@… is the second person)"),
    ("operator@hansatsu.example", "the operators"),
)
CODE_PERIOD = 30


class Console:
    """Sentences with the seconds since the start. In JSON mode they leave standard output to the one line."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.started_at = time.monotonic()

    def step(self, sentence: str) -> None:
        self.write(sys.stderr if self.as_json else sys.stdout, self.timed(sentence))

    def warn(self, sentence: str) -> None:
        self.write(sys.stderr, self.timed(sentence))

    def timed(self, sentence: str) -> str:
        return f"{time.monotonic() - self.started_at:6.1f} s  {sentence}"

    def write(self, stream: TextIO, text: str) -> None:
        # Whoever read along may have left; the stack stays up.
        with contextlib.suppress(OSError):
            print(text, file=stream, flush=True)

    def ready(self, addresses: Addresses, *, var: str, pids: dict[str, int], with_demo: bool) -> None:
        self.step("ready; Ctrl-C stops everything, and the data stays")
        if self.as_json:
            self.write(sys.stdout, json.dumps(description(addresses, var=var, pids=pids)))
            return
        self.write(sys.stdout, address_table(addresses))
        if with_demo:
            self.write(sys.stdout, sign_in_table())


def description(addresses: Addresses, *, var: str, pids: dict[str, int]) -> dict[str, object]:
    return {
        "web": addresses.web,
        "notary": addresses.notary_url,
        "database_url": addresses.database_url,
        "notary_database_url": addresses.notary_database_url,
        "redis_url": addresses.redis_url,
        "pids": pids,
        "var": var,
    }


def address_table(addresses: Addresses) -> str:
    return f"""
  residents   {addresses.web}/
  shops       {addresses.web}/portal/
  staff       {addresses.web}/staff/
  API         {addresses.web}/api/v1/docs/
  notary      {addresses.notary_url}
"""


def sign_in_table() -> str:
    rows = "\n".join(f"  {address:<27} {who}" for address, who in DEMO_SIGN_INS)
    code, seconds = one_time_code(DEMO_TOTP_SECRET, time.time())
    return f"""{rows}
  password {DEMO_PASSWORD}; second factor {DEMO_TOTP_SECRET} (now {code}, for {seconds} s more)
"""


def one_time_code(secret: str, now: float) -> tuple[str, int]:
    """The six digits that an authenticator shows for the secret now, and for how many seconds (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    step, elapsed = divmod(int(now), CODE_PERIOD)
    digest = hmac.digest(key, struct.pack(">Q", step), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}", CODE_PERIOD - elapsed
