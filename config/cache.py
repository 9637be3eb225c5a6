"""A cache that may be away: what it holds makes things fast or limits guessing, it decides nothing."""

from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.stdlib.get_logger(__name__)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache that answers like an empty one while Redis does not."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError as problem:
            return self._away(problem, default)

    def set(self, key: Any, value: Any, timeout: Any = None, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except RedisError as problem:
            self._away(problem, None)

    def add(self, key: Any, value: Any, timeout: Any = None, version: int | None = None) -> bool:
        try:
            return bool(super().add(key, value, timeout, version))
        except RedisError as problem:
            self._away(problem, None)
            return True

    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except RedisError as problem:
            self._away(problem, None)
            return False

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        try:
            return int(super().incr(key, delta, version))
        except RedisError as problem:
            self._away(problem, None)
            return delta

    def _away(self, problem: RedisError, answer: Any) -> Any:
        log.warning("cache is away", problem=type(problem).__name__)
        return answer
