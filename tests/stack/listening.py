"""On which addresses processes listen, as the kernel tells it."""

import contextlib
from pathlib import Path

LISTEN = "0A"
LOOPBACK = "0100007F"


def addresses_of(pids: list[int]) -> set[str]:
    """The local addresses, in the kernel's hexadecimal, that any of the processes listens on."""
    sockets = {link for pid in pids for link in descriptors_of(pid)}
    return {address for address, inode in listening() if f"socket:[{inode}]" in sockets}


def descriptors_of(pid: int) -> list[str]:
    with contextlib.suppress(OSError):
        return [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    return []


def listening() -> list[tuple[str, str]]:
    rows = [line.split() for name in ("tcp", "tcp6") for line in table(name)]
    return [(row[1].partition(":")[0], row[9]) for row in rows if row[3] == LISTEN]


def table(name: str) -> list[str]:
    path = Path("/proc/net") / name
    return path.read_text().splitlines()[1:] if path.exists() else []
