"""A stack's data and keys outlive its processes."""

import signal

import psycopg
import pytest

from tests.stack_process import Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def test_a_stopped_stack_ends_well_and_the_next_start_finds_its_data() -> None:
    with Stack() as stack:
        with psycopg.connect(stack.ready["database_url"]) as database:
            database.execute("CREATE TABLE kept AS SELECT 1 AS row")
        secrets = {path.name: path.read_text() for path in (stack.var / "secrets").iterdir()}

        assert stack.stop(signal.SIGTERM) == 0
        assert stack.processes() == []
        assert "database system is shut down" in stack.log("postgres")

        stack.start()
        with psycopg.connect(stack.ready["database_url"]) as database:
            assert database.execute("SELECT row FROM kept").fetchone() == (1,)
        assert {path.name: path.read_text() for path in (stack.var / "secrets").iterdir()} == secrets

        assert stack.stop(signal.SIGINT) == 0
        assert stack.processes() == []
