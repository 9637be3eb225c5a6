"""What the launcher chooses before it starts anything: ports, keys, places, what was given."""

import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from environ import FileAwareEnv
from environ.fileaware_mapping import FileAwareMapping

from config.stack import layout as layout_module
from config.stack import programs as programs_module
from config.stack.account import Account, may_enter, output_as, server_account
from config.stack.console import one_time_code
from config.stack.errors import DataOfAnotherVersion, NotAPort, PortTaken, ProgramMissing
from config.stack.keys import kept, new_signing_key
from config.stack.layout import lay_out
from config.stack.ports import HOST, choose_port
from config.stack.programs import find_postgres, find_valkey
from config.stack.request import read_request
from tests.servers import open_temporary_directory, remove_var

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as another account")


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def choose(requested: int | None, *, usual: int, promised: int | None = None) -> tuple[int, list[str]]:
    said: list[str] = []
    port = choose_port(
        requested, usual=usual, wanted_by="the web", chosen_by="--port", say=said.append, promised=promised
    )
    return port, said


def test_a_requested_port_that_is_taken_is_refused(busy_port: int) -> None:
    with pytest.raises(PortTaken, match=f"Port {busy_port} is taken, and the web is to listen there"):
        choose(busy_port, usual=8000)


def test_a_usual_port_that_is_taken_is_avoided_and_said_so(busy_port: int) -> None:
    port, said = choose(None, usual=busy_port)

    assert port != busy_port
    assert said == [f"port {busy_port} is taken, so the web listens on {port} (choose one with --port)"]


def test_any_port_is_chosen_without_a_word() -> None:
    port, said = choose(0, usual=8000)

    assert port in range(20_000, 32_000)
    assert said == []


def test_a_port_is_not_promised_twice() -> None:
    port, _said = choose(0, usual=8000)

    with pytest.raises(PortTaken):
        choose(port, usual=8000, promised=port)


def test_a_secret_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = kept(tmp_path / "key")

    assert kept(tmp_path / "key") == first
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_the_signing_key_is_one_that_a_reader_of_pem_takes() -> None:
    assert load_pem_private_key(new_signing_key().encode(), None) is not None


@pytest.mark.parametrize(("now", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_one_time_codes_are_those_of_rfc_6238(now: int, code: str) -> None:
    assert one_time_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", now)[0] == code


class Given(FileAwareEnv):
    """An environment of the test's own."""

    def __init__(self, **given: str) -> None:
        super().__init__()
        self.ENVIRON = FileAwareMapping(given)


def test_what_the_environment_gives_is_used_from_files_too(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgres://a:b@db/hansatsu\n")
    env = Given(DATABASE_URL_FILE=str(tmp_path / "url"), PORT="8123", HANSATSU_VAR=str(tmp_path))

    request = read_request(env, port=None, var=None, with_demo=True)

    assert request.database_url == "postgres://a:b@db/hansatsu"
    assert (request.port, request.notary_port, request.var) == (8123, None, tmp_path)
    assert request.needs_postgres


def test_no_server_is_needed_where_all_are_given() -> None:
    env = Given(DATABASE_URL="postgres://a:b@db/hansatsu", NOTARY_URL="http://notary.example")

    request = read_request(env, port=0, var=None, with_demo=True)

    assert not request.needs_notary
    assert not request.needs_postgres
    assert request.notary_port == 0


def test_no_demo_is_loaded_where_debug_is_off() -> None:
    assert not read_request(Given(DEBUG="false"), port=None, var=None, with_demo=True).with_demo
    assert read_request(Given(DEBUG=""), port=None, var=None, with_demo=True).with_demo
    assert read_request(Given(), port=None, var=None, with_demo=True).with_demo


@pytest.mark.parametrize("value", ["http", "-1", "65536", "80.5"])
def test_a_port_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(NotAPort, match=f"NOTARY_PORT is '{value}'"):
        read_request(Given(NOTARY_PORT=value), port=None, var=None, with_demo=True)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place that every account may enter, instead of the system's."""
    directory = open_temporary_directory()
    monkeypatch.setattr(layout_module, "OUTSIDE", directory / "hansatsu")
    monkeypatch.setattr(programs_module, "OUTSIDE", directory / "hansatsu")
    yield directory / "hansatsu"
    remove_var(directory)


@pytest.fixture
def account() -> Account:
    account = server_account()
    assert account is not None
    return account


@needs_root
def test_data_lies_outside_a_directory_that_the_servers_may_not_enter(
    tmp_path: Path, outside: Path, account: Account
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    layout = lay_out(closed / "var", account)

    assert layout.servers.parent == outside
    assert may_enter(account, layout.servers)
    assert not may_enter(account, closed)
    assert lay_out(closed / "var", account).servers == layout.servers


@needs_root
def test_programs_that_the_servers_may_not_reach_are_copied(
    outside: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed_in_place(of: Account | None, *argv: str | Path) -> str | None:
        return None if str(argv[0]).startswith(sys.prefix) else output_as(of, *argv)

    monkeypatch.setattr(programs_module, "output_as", closed_in_place)
    postgres = find_postgres(account, data_major=None, data=Path("data"))
    valkey = find_valkey(account)

    for program in (postgres.bin / "initdb", valkey):
        assert program.is_relative_to(outside / "install")
        assert output_as(account, program, "--version")
        assert program.stat().st_mode & stat.S_IRWXO == 0


def test_data_of_another_version_is_not_touched() -> None:
    with pytest.raises(DataOfAnotherVersion, match="holds data of PostgreSQL 9"):
        find_postgres(server_account(), data_major=9, data=Path("data"))


def test_a_missing_server_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs_module, "output_as", lambda *_argv: None)
    monkeypatch.setattr(programs_module, "copy_for", lambda *_argv: Path("/nowhere"))

    with pytest.raises(ProgramMissing, match="DATABASE_URL"):
        find_postgres(None, data_major=None, data=Path("data"))
    with pytest.raises(ProgramMissing, match="REDIS_URL"):
        find_valkey(None)
