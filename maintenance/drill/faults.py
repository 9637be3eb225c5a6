"""What breaks, and for how long: each takes the stack and the seconds of the fault, and returns when it is over."""

import signal
import time
from itertools import cycle

from maintenance.drill.stack import DrillStack

# Just quick enough not to count as slow, so that no breaker takes it off the platform's hands; and its worse hours.
GREY = ("mix latency:0.8 latency:0.8 latency:0.8 latency:0.8 reset", "mix latency:0.8 latency:0.8 drip drip reset")


def afternoon_of_2023(stack: DrillStack, seconds: float) -> None:
    """The notary's cloud goes down as it did: first answers are lost after the commit, then requests arrive after
    their time, then there is nothing."""
    begun = time.monotonic()
    for fault, share in (("lose_answer", 0.1), ("latency 4", 0.05)):
        stack.network.be(fault)
        time.sleep(seconds * share)
    stack.network.be("black_hole")
    time.sleep(max(0.0, seconds - (time.monotonic() - begun)))
    stack.network.recover()


def redis_lost(stack: DrillStack, seconds: float) -> None:
    """Redis freezes, so that whoever asks it hears nothing; later it dies as often as it is started."""
    stack.kill("redis", signal.SIGSTOP)
    time.sleep(seconds / 2)
    _keep_killing(stack, "redis", seconds / 2)


def worker_killed(stack: DrillStack, seconds: float) -> None:
    """The workers die, and die again whenever they are started."""
    _keep_killing(stack, "worker", seconds)


def database_restart(stack: DrillStack, seconds: float) -> None:
    """PostgreSQL is ended at once, without a word to anybody, and again when it has just come back."""
    for _ in range(2):
        stack.kill("postgres", signal.SIGQUIT)
        time.sleep(seconds / 2)


def notary_restored_old(stack: DrillStack, seconds: float) -> None:
    """The notary comes back from a backup that is older than its last decisions."""
    stack.notary.stop()
    stack.notary.restore()
    stack.notary.start()
    time.sleep(seconds)


def back_notary_up(stack: DrillStack) -> None:
    """The backup that it will come back from; taken at rest, before anybody pays."""
    stack.notary.stop()
    stack.notary.back_up()
    stack.notary.start()


def grey_network(stack: DrillStack, seconds: float) -> None:
    """Nothing is down and nothing is well: slow, broken now and then, and by turns at one byte per second."""
    until = time.monotonic() + seconds
    for fault in cycle(GREY):
        if time.monotonic() >= until:
            break
        stack.network.be(fault)
        time.sleep(min(3.0, max(0.0, until - time.monotonic())))
    stack.network.recover()


def _keep_killing(stack: DrillStack, name: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        stack.kill(name)
        time.sleep(0.5)
