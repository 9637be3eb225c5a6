"""Residents who go on paying, so many times per second, whether or not they are answered.

Arrivals do not wait for answers: a platform that slows down must not slow the load that measures it.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

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


@contextmanager
def paying(residents: Sequence[Resident], *, per_second: float, amount: int = 10) -> Iterator[Traffic]:
    """The residents pay in turn, all of them together `per_second`, until the block ends and all are answered."""
    tills = {id(resident): resident.till() for resident in residents}
    traffic, stop = Traffic(), threading.Event()

    def shop(resident: Resident) -> None:
        traffic.answers.append(resident.pay(tills[id(resident)], amount))

    def arrive() -> None:
        began, number = time.monotonic(), 0
        while not stop.wait(max(0.0, began + number / per_second - time.monotonic())):
            tills_open.submit(shop, residents[number % len(residents)])
            number += 1

    with ThreadPoolExecutor(int(per_second * WAITING_SECONDS) + 1) as tills_open:
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
