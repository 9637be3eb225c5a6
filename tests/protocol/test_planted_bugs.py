"""The machine finds every mistake that it is there to find; without them it finds nothing."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.protocol import profiles
from tests.protocol.invariants import Violation
from tests.protocol.machine import PaymentMachine
from tests.protocol.memory_platform import MemoryPlatform
from tests.protocol.planted_bugs import PLANTED, DeadlineForAFence


class AgreedClocks(PaymentMachine):
    """The notary's clock is the platform's."""

    @initialize(accept=st.booleans())
    def begin(self, accept: bool) -> None:
        super().begin(skew=0.0, accept=accept)


pytestmark = pytest.mark.timeout(profiles.timeout())

ROUND, ROUNDS = profiles.profile(examples=100, steps=40, shrink=False), 6


@pytest.mark.parametrize("platform", PLANTED, ids=lambda platform: platform.__name__)
def test_a_planted_bug_is_found(platform: type[MemoryPlatform]) -> None:
    with pytest.raises(Violation) as found:
        profiles.run_for(lambda: PaymentMachine(platform), ROUND, rounds=ROUNDS, within=float("inf"))

    print(platform.__name__, *found.value.args)  # noqa: T201


def test_without_a_bug_the_same_examples_find_nothing() -> None:
    rounds = profiles.run_for(lambda: PaymentMachine(MemoryPlatform), ROUND, rounds=ROUNDS, within=6)

    assert rounds > 0


def test_a_deadline_would_do_for_a_fence_if_all_clocks_agreed() -> None:
    """So the bug without a deadline is found for want of the deadline and of nothing else."""

    rounds = profiles.run_for(lambda: AgreedClocks(DeadlineForAFence), ROUND, rounds=ROUNDS, within=6)

    assert rounds > 0
