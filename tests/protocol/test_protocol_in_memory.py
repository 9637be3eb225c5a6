"""The protocol, told in plain dictionaries, keeps its invariants under every fault."""

import pytest

from tests.protocol import profiles
from tests.protocol.machine import PaymentMachine
from tests.protocol.memory_platform import MemoryPlatform

pytestmark = pytest.mark.timeout(profiles.timeout())

ROUND = profiles.profile(examples=60, steps=50)


def test_no_order_of_steps_and_faults_breaks_the_protocol() -> None:
    rounds = profiles.run_for(lambda: PaymentMachine(MemoryPlatform), ROUND, rounds=6, within=20)

    assert rounds > 0
