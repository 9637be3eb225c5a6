"""Places at which a test ends the notary as `kill -9` would: before it has committed, and before it has answered.

Named by the environment, which only those can set who can end the process anyway.
"""

import os
import signal

CRASH_AT = "NOTARY_CRASH_AT"


def crash_point(name: str) -> None:
    """End here, with nothing closed or flushed, if the environment names this place."""
    if os.environ.get(CRASH_AT) == name:
        os.kill(os.getpid(), signal.SIGKILL)
