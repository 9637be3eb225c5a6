"""Processes that must not outlive the one that started them, however that one ends."""

import ctypes
import multiprocessing
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

# Loaded here and not at the call: between fork and exec nothing may take the loader's lock.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with(parent: int, death_signal: signal.Signals) -> None:
    """Have the kernel send this process the signal once the thread that started it has ended.

    `parent` is the process that started it. Without Linux nothing happens.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
    # A parent that died before the line above sends nothing any more.
    if os.getppid() != parent:
        os._exit(1)


def tie_to_server() -> None:
    """Called in a web server's worker: it ends when the server's main process is gone.

    An orphaned worker would go on answering on a port that the next server needs. It is
    killed at once: what it was doing is safe to lose at any point, or it would not be safe.
    """
    server = multiprocessing.parent_process()
    if server is not None and server.pid is not None:
        die_with(server.pid, signal.SIGKILL)
