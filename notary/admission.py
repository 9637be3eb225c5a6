"""How many calls may be in the house at once, and when the next ones should come back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from threading import Lock

from notary.errors import Overloaded

SMOOTHING = 0.2
RETRY_AFTER_MAX = 30


class Admission:
    """At most `capacity` calls wait or are in work; the rest are refused at once with a time to return.

    A queue that grows without bound answers everybody too late; one that refuses early answers most in time.
    """

    def __init__(self, capacity: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = capacity
        self._clock = clock
        self._lock = Lock()
        self._inside = 0
        self._seconds_per_call = 0.0

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Be inside for the length of the block, or raise Overloaded."""
        entered, company = self._enter()
        try:
            yield
        finally:
            self._leave(entered, company)

    def retry_after(self) -> int:
        """Seconds until those inside are through, at the rate measured lately; at least one."""
        return min(RETRY_AFTER_MAX, max(1, ceil(self._inside * self._seconds_per_call)))

    def _enter(self) -> tuple[float, int]:
        with self._lock:
            if self._inside >= self._capacity:
                raise Overloaded(self.retry_after())
            self._inside += 1
            return self._clock(), self._inside

    def _leave(self, entered: float, company: int) -> None:
        # Little's law: a stay shared with n calls means that one call leaves every stay / n seconds.
        with self._lock:
            self._inside -= 1
            sample = (self._clock() - entered) / company
            self._seconds_per_call += SMOOTHING * (sample - self._seconds_per_call)
