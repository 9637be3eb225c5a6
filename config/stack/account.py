"""The account that the embedded servers run as: ours, or an unprivileged one where we are root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.stack.errors import AccountMissing

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """The account to switch to, or None to stay who we are. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in CANDIDATES:
        if name in known:
            return Account(name, known[name].pw_uid, known[name].pw_gid)
    raise AccountMissing(CANDIDATES)


def identity(account: Account | None) -> dict[str, Any]:
    """Popen's arguments that make a process run as the account, and in none of our groups."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def output_as(account: Account | None, *argv: str | Path) -> str | None:
    """What the command prints when the account runs it; None if it may not, or if it fails.

    Trying is the only answer that also knows about access lists, mounts and missing libraries.
    """
    try:
        done = subprocess.run(
            argv,
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            **identity(account),
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def may_enter(account: Account | None, directory: Path) -> bool:
    return output_as(account, "test", "-x", directory) is not None


def give_to(account: Account | None, path: Path) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)
