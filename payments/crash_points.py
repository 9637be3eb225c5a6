"""Places at which a test ends this process as `kill -9` would: that nothing is lost there has to be seen.

A kill from outside hits the moment between two lines once in a thousand runs; a name hits it every time.
"""

import os
import signal

from django.conf import settings

CRASH_AT = "HANSATSU_CRASH_AT"


def crash_point(name: str) -> None:
    """End here, with nothing closed or flushed, if the environment names this place and DEBUG is on."""
    if settings.DEBUG and os.environ.get(CRASH_AT) == name:
        os.kill(os.getpid(), signal.SIGKILL)
