"""pgbench is found, or it is said what brings it; nothing secret stands on its command line."""

from pathlib import Path

import pytest

from maintenance.bench import limits
from maintenance.bench.limits import PgbenchMissing, environment_for, find_pgbench


def test_postgresqls_programs_are_told_by_their_environment() -> None:
    environment = environment_for("postgres://postgres:a%2Fb@127.0.0.1:5433/bench")

    assert environment["PGPASSWORD"] == "a/b"
    assert environment["PGPORT"] == "5433"
    assert environment["PGDATABASE"] == "bench"


def test_pgbench_is_looked_for_beside_the_server_first(tmp_path: Path) -> None:
    program = tmp_path / "pgbench"
    program.touch(mode=0o755)

    assert find_pgbench(tmp_path) == program


def test_without_pgbench_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SYSTEM", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(PgbenchMissing, match="postgresql-15"):
        find_pgbench(tmp_path)
