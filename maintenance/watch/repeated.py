"""One question, asked again and again in a thread of its own: a question that hangs holds up no other."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")

# Of these many answers back one may still be asked.
KEPT = 32


class Repeated(Generic[T]):
    """Asks `ask` every `every` seconds, and sooner, every `again` seconds, after it has failed.

    Any exception is a failure. A question that takes longer than `hangs` seconds counts as failing meanwhile.
    """

    def __init__(
        self,
        name: str,
        ask: Callable[[], T],
        *,
        every: float,
        again: float = 0.2,
        hangs: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._ask = ask
        self._every, self._again, self._hangs = every, again, hangs
        self._clock = clock
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._answers: deque[tuple[float, T]] = deque(maxlen=KEPT)
        self._asked_at: float | None = None
        self._failing_since: float | None = None
        self._well_since: float | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, name=f"watch-{self.name}", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    def ask_once(self) -> None:
        """Ask now, and remember what came of it."""
        with self._lock:
            self._asked_at = self._clock()
        try:
            answer = self._ask()
        except Exception as problem:
            self._failed(problem)
        else:
            self._answered(answer)

    def latest(self) -> T | None:
        """The newest answer; None before the first."""
        return self._answers[-1][1] if self._answers else None

    def since(self, seconds: float) -> list[T]:
        """The answers of the last seconds, the newest last."""
        after = self._clock() - seconds
        return [answer for at, answer in list(self._answers) if at >= after]

    def failing(self) -> float:
        """For how many seconds there has been no answer; 0 while there is."""
        with self._lock:
            now = self._clock()
            hanging = now - self._asked_at if self._asked_at is not None else 0.0
            failing = now - self._failing_since if self._failing_since is not None else 0.0
        return max(failing, hanging if hanging > self._hangs else 0.0)

    def well_for(self) -> float:
        """For how many seconds every question has been answered."""
        with self._lock:
            return self._clock() - self._well_since if self._well_since is not None else 0.0

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.ask_once()
            self._stopping.wait(self._every if self._failing_since is None else self._again)

    def _failed(self, problem: Exception) -> None:
        with self._lock:
            self._asked_at, self._well_since = None, None
            is_new = self._failing_since is None
            if self._failing_since is None:
                self._failing_since = self._clock()
        if is_new:
            log.warning("no answer", watched=self.name, problem=type(problem).__name__)

    def _answered(self, answer: T) -> None:
        with self._lock:
            now = self._clock()
            self._answers.append((now, answer))
            self._asked_at, self._failing_since = None, None
            if self._well_since is None:
                self._well_since = now
