"""Which ports the stack listens on: the ones asked for, else the usual ones, else free ones."""

import random
import socket
from collections.abc import Callable

from config.stack.errors import PortForbidden, PortTaken

HOST = "127.0.0.1"

# Below the range that the kernel gives to outgoing connections: there, a client that looks for
# a server that is restarting can be handed the server's own port, and connect to itself.
FREE_RANGE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # What closed connections leave behind does not keep a server from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as refusal:
            raise PortForbidden(port) from refusal
        except OSError:
            return False
    return True


def free_port() -> int:
    """A free port, picked at random so that two stacks that start at once do not pick the same."""
    return next(port for port in random.sample(FREE_RANGE, len(FREE_RANGE)) if is_free(port))


def choose_port(
    requested: int | None,
    *,
    usual: int,
    wanted_by: str,
    chosen_by: str,
    say: Callable[[str], None],
    promised: int | None = None,
) -> int:
    """The requested port (0: any free one), else the usual one, else a free one, said aloud.

    Raise PortTaken for a requested port that is not free, or that is promised already.
    """
    wanted = usual if requested is None else requested
    if wanted and wanted != promised and is_free(wanted):
        return wanted
    if requested:
        raise PortTaken(requested, wanted_by=wanted_by, chosen_by=chosen_by)
    port = free_port()
    if wanted:
        say(f"port {usual} is taken, so {wanted_by} listens on {port} (choose one with {chosen_by})")
    return port
