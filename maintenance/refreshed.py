"""A value that a process reads from the database now and then, and keeps while the database is away."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog
from django.db import Error

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")

NEVER = float("-inf")


class Refreshed(Generic[T]):
    """Gives what `load` gave at most `max_age` seconds ago; `empty` until the first success.

    One thread loads, the others go on with what is known, unless that is older than `too_old` seconds
    (a process that has just woken): then they wait for it, `patience` seconds at most. A database that is
    away changes nothing and is asked again after `pause` seconds, so that not every request waits for it.
    Never raises its errors.
    """

    def __init__(
        self,
        load: Callable[[], T],
        *,
        empty: T,
        max_age: float = 1.0,
        too_old: float = 4.0,
        patience: float = 2.0,
        pause: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._value = self._empty = empty
        self._max_age = max_age
        self._too_old = too_old
        self._patience = patience
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._loaded_at = self._next_at = NEVER

    def get(self) -> T:
        if not self._is_due():
            return self._value
        is_too_old = self._clock() - self._loaded_at > self._too_old
        if self._lock.acquire(timeout=self._patience if is_too_old else 0.0):
            try:
                self._refresh()
            finally:
                self._lock.release()
        elif is_too_old:
            # Whoever loads hangs; the next requests need not wait as long to learn the same.
            self._next_at = self._clock() + self._pause
        return self._value

    def is_known(self) -> bool:
        """Whether it has been loaded at all, and the last attempt succeeded."""
        return self._loaded_at > NEVER and self._next_at <= self._loaded_at + self._max_age

    def forget(self) -> None:
        """Load at the next look, whatever the age."""
        self._next_at = NEVER

    def reset(self) -> None:
        """Know nothing, as a process that has just started."""
        self._value = self._empty
        self._loaded_at = self._next_at = NEVER

    def _is_due(self) -> bool:
        return self._clock() >= self._next_at

    def _refresh(self) -> None:
        # Whoever had the lock before may have done it.
        if not self._is_due():
            return
        try:
            self._value = self._load()
        except Error as problem:
            self._next_at = self._clock() + self._pause
            log.warning("database is away, what was known last stays", problem=type(problem).__name__)
        else:
            self._loaded_at = self._clock()
            self._next_at = self._loaded_at + self._max_age
