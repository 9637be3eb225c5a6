"""Where a stack keeps its things, and the lock that gives them to one stack at a time.

    var/secrets/   passwords and keys          var/log/    one file per process
    var/beat/      when tasks ran last         var/servers/   PostgreSQL's and Valkey's data

Where the servers run as another account that may not enter `var` (a checkout in a closed home
directory), `var/servers` is a link to a directory of its own under `/var/lib/hansatsu`.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.stack.account import Account, may_enter
from config.stack.errors import AlreadyRunning, DataUnreachable, StillEnding

OUTSIDE = Path("/var/lib/hansatsu")
ENDING_PATIENCE = 20.0


@dataclass(frozen=True)
class Layout:
    var: Path
    servers: Path

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def beat(self) -> Path:
        return self.var / "beat"


def make_passage(directory: Path) -> None:
    """Make a directory that other accounts may pass through, but neither list nor change."""
    if not directory.exists():
        directory.mkdir(parents=True)
        # Only what we have just made: the caller's own directories keep their modes.
        directory.chmod(0o711)


def lay_out(var: Path, account: Account | None) -> Layout:
    """Make what is missing of the stack's directories."""
    var = var.resolve()
    if account is None:
        var.mkdir(parents=True, exist_ok=True, mode=0o700)
    else:
        make_passage(var)
    layout = Layout(var=var, servers=place_servers(var / "servers", account))
    for private in (layout.secrets, layout.log, layout.beat):
        private.mkdir(exist_ok=True, mode=0o700)
    return layout


def place_servers(place: Path, account: Account | None) -> Path:
    """The directory of the servers' data, which the account may enter; chosen once for each `var`."""
    chosen = place.resolve()
    is_new = not chosen.exists()
    make_passage(chosen)
    if may_enter(account, chosen):
        return chosen
    if not is_new:
        raise DataUnreachable(chosen, account.name if account else "of this process")
    chosen.rmdir()
    outside = OUTSIDE / secrets.token_hex(8)
    make_passage(OUTSIDE)
    make_passage(outside)
    place.symlink_to(outside)
    return outside


def lock(layout: Layout, *, pause: Callable[[], None]) -> int:
    """Take the stack's directory for ourselves; return the descriptor to hand to every process of the stack.

    Raise AlreadyRunning at once while another launcher lives. If only its processes are left,
    wait for them: they hold the descriptor's lock until the last of them has ended, so that
    nobody opens data that a dying server still writes. Raise StillEnding if they do not end.
    """
    launcher = open_lock(layout.servers / "launcher.lock")
    if not try_lock(launcher):
        raise AlreadyRunning(layout.var, os.pread(launcher, 20, 0).decode())
    os.ftruncate(launcher, 0)
    os.pwrite(launcher, str(os.getpid()).encode(), 0)
    processes = open_lock(layout.servers / "processes.lock")
    deadline = time.monotonic() + ENDING_PATIENCE
    while not try_lock(processes):
        if time.monotonic() > deadline:
            raise StillEnding(layout.var, ENDING_PATIENCE)
        pause()
    return processes


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
