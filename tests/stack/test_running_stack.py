"""What a running stack promises; the tests share one and leave it running."""

import os
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import redis

from tests.stack.conftest import modes
from tests.stack.listening import LOOPBACK, addresses_of
from tests.stack_process import DidNotStart, Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

EVERYTHING = {"web", "notary", "worker", "beat", "resolver", "watchman", "postgres", "redis"}


def eventually(condition: Callable[[], bool], *, within: float = 20.0) -> bool:
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def test_it_answers_and_says_where_everything_is(stack: Stack) -> None:
    assert set(stack.ready["pids"]) == EVERYTHING
    assert stack.ready["var"] == str(stack.var)
    assert answers(f"{stack.ready['web']}/livez")
    assert answers(f"{stack.ready['notary']}/livez")


def test_it_listens_on_the_loopback_address_alone(stack: Stack) -> None:
    assert addresses_of(stack.processes()) == {LOOPBACK}


def test_no_directory_was_opened_to_others(stack: Stack, modes_before: dict[Path, str]) -> None:
    assert modes(*modes_before) == modes_before


def test_what_it_keeps_is_closed_to_others(stack: Stack) -> None:
    passages = {stack.var, stack.var / "servers"}
    open_to_others = [path for path in stack.var.rglob("*") if path.lstat().st_mode & stat.S_IRWXO]

    # Log files may be readable as long as nobody else can reach them.
    assert all(path.parent == stack.var / "log" for path in open_to_others if path not in passages)
    assert stat.S_IMODE((stack.var / "log").stat().st_mode) == 0o700
    for passage in passages:
        assert stat.S_IMODE(passage.stat().st_mode) & (stat.S_IROTH | stat.S_IWOTH) == 0


@pytest.mark.parametrize("url", ["database_url", "notary_database_url"])
def test_a_database_wants_the_password(stack: Stack, url: str) -> None:
    parts = urlsplit(stack.ready[url])
    without = f"postgres://{parts.username}@{parts.hostname}:{parts.port}{parts.path}"

    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(without, connect_timeout=5)


@pytest.mark.parametrize(("ours", "theirs"), [("database_url", "hansatsu_notary"), ("notary_database_url", "hansatsu")])
def test_neither_side_enters_the_other_sides_database(stack: Stack, ours: str, theirs: str) -> None:
    url = urlsplit(stack.ready[ours])._replace(path=f"/{theirs}").geturl()

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(url, connect_timeout=5)


def test_redis_wants_the_password(stack: Stack) -> None:
    port = urlsplit(stack.ready["redis_url"]).port
    assert port is not None

    with redis.Redis(port=port, retry=None) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_no_secret_is_on_a_command_line(stack: Stack) -> None:
    secrets = [path.read_bytes().strip() for path in (stack.var / "secrets").iterdir()]
    command_lines = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in stack.processes()]

    assert secrets
    assert command_lines
    assert not [line for line in command_lines if any(secret in line for secret in secrets)]


@pytest.mark.parametrize("name", ["worker", "web"])
def test_a_crashed_process_is_started_again_and_said_so(stack: Stack, name: str) -> None:
    said_before = len(stack.said())
    os.kill(stack.ready["pids"][name], signal.SIGKILL)

    assert eventually(lambda: f"{name} ended (signal SIGKILL); starting it again" in stack.said()[said_before:])
    assert eventually(lambda: answers(f"{stack.ready['web']}/livez"))


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_a_crashed_server_comes_back_with_its_data(stack: Stack, name: str) -> None:
    with (
        redis.Redis.from_url(stack.ready["redis_url"]) as client,
        psycopg.connect(stack.ready["database_url"]) as database,
    ):
        client.set("kept", name)
        client.waitaof(1, 0, 5000)
        database.execute("CREATE TABLE IF NOT EXISTS kept (name text)")
        database.execute("INSERT INTO kept VALUES (%s)", [name])

    os.kill(stack.ready["pids"][name], signal.SIGKILL)

    def is_back() -> bool:
        try:
            with (
                redis.Redis.from_url(stack.ready["redis_url"]) as client,
                psycopg.connect(stack.ready["database_url"], connect_timeout=2) as database,
            ):
                kept = database.execute("SELECT 1 FROM kept WHERE name = %s", [name]).fetchone()
                return client.get("kept") == name.encode() and kept is not None
        except (redis.RedisError, psycopg.OperationalError):
            return False

    assert eventually(lambda: f"{name} ended (signal SIGKILL)" in stack.said())
    assert eventually(is_back)


def test_a_second_start_on_the_same_directory_is_refused(stack: Stack) -> None:
    second = Stack(var=stack.var.parent / "alias")
    second.var.symlink_to(stack.var)

    with pytest.raises(DidNotStart, match=r"already running on .*process \d+.*--var"):
        second.start()
    assert answers(f"{stack.ready['web']}/livez")


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({}, "the web is to listen there. Choose another with --port or PORT"),
        ({"NOTARY_PORT": "taken"}, "the notary is to listen there. Choose another with NOTARY_PORT"),
    ],
)
def test_a_taken_port_is_named(stack: Stack, env: dict[str, str], message: str) -> None:
    taken = str(urlsplit(stack.ready["web"]).port)
    options = ("--no-demo", "--port", "0" if env else taken)
    other = Stack(options=options, env=dict.fromkeys(env, taken))

    with pytest.raises(DidNotStart, match=f"Port {taken} is taken, and {message}"):
        other.start()
    assert other.processes() == []
    other.remove()


def test_another_stack_beside_it_leaves_nothing_behind_when_its_launcher_is_killed(stack: Stack) -> None:
    with Stack() as other:
        assert not set(other.ready["pids"].values()) & set(stack.ready["pids"].values())
        assert len(other.processes()) >= len(EVERYTHING)

        other.kill()

        assert eventually(lambda: other.processes() == [], within=15)
    assert answers(f"{stack.ready['web']}/livez")
