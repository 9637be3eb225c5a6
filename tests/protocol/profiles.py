"""How the machine is run: the same examples every time, or new ones when asked for.

HANSATSU_PROTOCOL=random draws a new seed and ten times the examples; HANSATSU_PROTOCOL_SEED=n runs those
of that seed again. Either way the seed is printed.
"""

import os
import time
from collections.abc import Callable
from secrets import randbelow

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

# The day of the outage at Kashima.
CI_SEED = 20230125
EXAMPLES_FACTOR = 10
# Seconds that one test may take: with the same examples as ever, and in search of new ones.
TIMEOUT, RANDOM_TIMEOUT = 300, 3600


def chosen_seed() -> int:
    given = os.environ.get("HANSATSU_PROTOCOL_SEED")
    if given:
        return int(given)
    return randbelow(2**32) if is_random() else CI_SEED


def is_random() -> bool:
    return os.environ.get("HANSATSU_PROTOCOL") == "random"


def timeout() -> int:
    return RANDOM_TIMEOUT if is_random() else TIMEOUT


def profile(*, examples: int, steps: int, shrink: bool = True) -> settings:
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    return settings(
        max_examples=examples * (EXAMPLES_FACTOR if is_random() else 1),
        stateful_step_count=steps,
        derandomize=not is_random(),
        database=None,
        deadline=None,
        print_blob=True,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.normal,
    )


def run(machine: Callable[[], RuleBasedStateMachine], chosen: settings, *, with_seed: int | None = None) -> None:
    """Run the machine; raise what its first failing example raises, shrunk if the profile says so."""
    number = chosen_seed() if with_seed is None else with_seed
    print(f"protocol machine: seed {number} (HANSATSU_PROTOCOL_SEED={number} runs it again)")  # noqa: T201
    run_state_machine_as_test(seed(number)(machine), settings=chosen)


def run_for(machine: Callable[[], RuleBasedStateMachine], chosen: settings, *, rounds: int, within: float) -> int:
    """Run rounds of examples, each with a seed of its own, and begin none when `within` seconds are over.

    So a busy machine runs fewer of the same examples; how many rounds it were is returned.
    """
    began, first = time.monotonic(), chosen_seed()
    allowed = EXAMPLES_FACTOR * within if is_random() else within
    for number in range(rounds):
        if time.monotonic() - began > allowed:
            return number
        run(machine, chosen, with_seed=first + number)
    return rounds
