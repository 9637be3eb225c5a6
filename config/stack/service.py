"""What one process of the stack is: how it is started and stopped, and how to see that it answers."""

import http.client
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.env import BASE_DIR
from config.stack.account import Account
from config.stack.ports import HOST

# Given the seconds that the process has lived, whether it does its work.
Ready = Callable[[float], bool]


def survives(seconds: float) -> Ready:
    """Ready once the process has lived long enough to have failed, if it were to fail at its start."""

    def ready(alive_for: float) -> bool:
        return alive_for >= seconds

    return ready


def answers(port: int, path: str) -> Ready:
    """Ready once the path answers 200 on the port."""

    def ready(_alive_for: float) -> bool:
        # Not urllib: it would ask a proxy named in the environment.
        connection = http.client.HTTPConnection(HOST, port, timeout=2)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ready


ALIVE = survives(0)


@dataclass(frozen=True, kw_only=True)
class Service:
    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str]
    ready: Ready = ALIVE
    stop_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None
    cwd: Path = BASE_DIR
