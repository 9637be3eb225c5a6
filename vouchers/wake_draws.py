"""The nudge that a draw has its seed. It may be lost: beat looks as well."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.stdlib.get_logger(__name__)
FINISH_DRAWS = "vouchers.finish_draws"


def wake_draws() -> None:
    """Ask a worker to draw and to tell; never raise."""
    try:
        current_app.send_task(FINISH_DRAWS, retry=False)
    except (RedisError, OperationalError, OSError) as problem:
        log.warning("nudge not sent", task=FINISH_DRAWS, problem=type(problem).__name__)
