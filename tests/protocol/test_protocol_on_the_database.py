"""The platform itself keeps the protocol's invariants: the same game on the real use-cases and PostgreSQL."""

from contextlib import ExitStack
from typing import Any

import pytest

from tests.protocol import profiles
from tests.protocol.database_platform import DatabasePlatform, frozen
from tests.protocol.machine import PaymentMachine
from tests.protocol.network import Clock, Network

pytestmark = pytest.mark.timeout(profiles.timeout())

ROUND = profiles.profile(examples=5, steps=40)


class DatabaseMachine(PaymentMachine):
    """While an example runs, the platform lives by the example's clock."""

    # A round costs much more here; each finds what is due by then.
    sweep_every = 4.0

    def __init__(self) -> None:
        super().__init__(self._platform)
        self._time = ExitStack()

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self._time.close()

    def _platform(self, clock: Clock, network: Network) -> DatabasePlatform:
        self._time.enter_context(frozen(clock))
        return DatabasePlatform(clock, network)


@pytest.mark.django_db(transaction=True)
def test_no_order_of_steps_and_faults_breaks_the_platform(settings: Any) -> None:
    settings.NOTARY_ADAPTER = "tests.protocol.network.network_at"

    rounds = profiles.run_for(DatabaseMachine, ROUND, rounds=6, within=20)

    assert rounds > 0
