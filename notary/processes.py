"""Let a process end with its parent, so that `kill -9` of the notary leaves nothing on its port."""

import ctypes
import multiprocessing
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Be killed by the kernel when the parent dies; exit at once if it is not our parent any longer.

    Linux only; elsewhere nothing happens. SIGKILL and not SIGTERM: a batch is decided in one database
    transaction or not at all, so there is nothing to finish, and a graceful end can hang.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The parent may have died before the line above.
    if os.getppid() != parent:
        os._exit(1)


def die_with_server() -> None:
    """The same for a worker process, whose parent is the server's main process."""
    server = multiprocessing.parent_process()
    if server and server.pid:
        die_with_parent(server.pid)
