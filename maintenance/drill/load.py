"""Residents who go on paying, so many times per second, whether or not they are answered.

Arrivals do not wait for answers: a platform that slows down must not slow the load that measures it.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle

from maintenance.drill.app import Answer, Resident

# Enough for every payment of ten seconds to be waiting at once.
WAITING_SECONDS = 10


@dataclass
class Traffic:
    """What all tills were told while the traffic ran."""

    answers: list[Answer] = field(default_factory=list)

    def statuses(self) -> Counter[int | None]:
        return Counter(answer.status for answer in self.answers)

    def slowest(self) -> float:
        return max((answer.seconds for answer in self.answers), default=0.0)


class Crowd:
    """Who pays next: the regions in turn, and in each the next resident who is not waiting for an answer.

    A person pays one thing at a time. Only where all of a region wait does one of them pay again, so that
    a platform which is late does not get less to do.
    """

    def __init__(self, residents: Sequence[Resident]) -> None:
        self.waiting: Counter[int] = Counter()
        self._lines: dict[str, deque[Resident]] = {}
        for resident in residents:
            self._lines.setdefault(resident.region, deque()).append(resident)
        self._turns = cycle(self._lines.values())

    def next(self) -> Resident:
        line = next(self._turns)
        for _ in range(len(line)):
            line.rotate(-1)
            if not self.waiting[id(line[0])]:
                break
        return line[0]


@contextmanager
def paying(residents: Sequence[Resident], *, per_second: float, amount: int = 10) -> Iterator[Traffic]:
    """The residents pay, all of them together `per_second`, until the block ends and all are answered."""
    tills = {id(resident): resident.till() for resident in residents}
    traffic, crowd, stop = Traffic(), Crowd(residents), threading.Event()

    def shop(resident: Resident) -> None:
        traffic.answers.append(resident.pay(tills[id(resident)], amount))
        crowd.waiting[id(resident)] -= 1

    def arrive() -> None:
        began, number = time.monotonic(), 0
        while not stop.wait(max(0.0, began + number / per_second - time.monotonic())):
            resident = crowd.next()
            crowd.waiting[id(resident)] += 1
            open_tills.submit(shop, resident)
            number += 1

    with ThreadPoolExecutor(int(per_second * WAITING_SECONDS) + 1) as open_tills:
        arrivals = threading.Thread(target=arrive, daemon=True)
        arrivals.start()
        try:
            yield traffic
        finally:
            stop.set()
            arrivals.join()


def sign_in(web: str, regions: Sequence[str], *, each: int) -> list[Resident]:
    """So many residents of each region, the regions in turn."""
    wanted = [(region, number) for number in range(1, each + 1) for region in regions]
    # Two at a time: a good password hash is slow on purpose, and they are no part of the load.
    with ThreadPoolExecutor(2) as phones:
        return list(phones.map(lambda who: Resident(web, *who), wanted))


def wait_until(condition: Callable[[], bool], *, within: float) -> bool:
    """Whether the condition came true within so many seconds."""
    until = time.monotonic() + within
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True
