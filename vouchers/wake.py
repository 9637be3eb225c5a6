"""The nudge after a commit. It may be lost, late or doubled, and must never hold up who sends it.

One message wakes a worker for every payment that is due by then, so a burst sends a few, not one
each; and while Redis does not answer nobody asks it again for a while: the resolver finds the rows.
"""

import time
from functools import cache
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

log = structlog.stdlib.get_logger(__name__)

# Longer than a waiting message ever takes while all is well, shorter than anybody would notice.
OUTSTANDING_MS = 200
SILENCE = 2.0

_silent_until = 0.0


def wake(task: str, cluster_id: UUID) -> None:
    """Ask a worker to run `task` for this notary; never raise, never block for long."""
    global _silent_until  # noqa: PLW0603 one number per process, and losing a race over it is harmless
    if time.monotonic() < _silent_until:
        return
    try:
        if _redis().set(_flag(task, cluster_id), 1, nx=True, px=OUTSTANDING_MS):
            current_app.send_task(task, args=[str(cluster_id)], retry=False)
    except (RedisError, OperationalError, OSError) as problem:
        _silent_until = time.monotonic() + SILENCE
        log.warning("nudge not sent", task=task, problem=type(problem).__name__)


def take_wake(task: str, cluster_id: UUID) -> None:
    """Say that the message has arrived: whoever commits from now on sends another."""
    try:
        _redis().delete(_flag(task, cluster_id))
    except RedisError:
        log.warning("redis is away", task=task)


def _flag(task: str, cluster_id: UUID) -> str:
    return f"hansatsu:wake:{task}:{cluster_id}"


@cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.3)
