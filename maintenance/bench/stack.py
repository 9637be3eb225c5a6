"""The platform as a bench measures it: started by `manage.py up`, as people start it, with DEBUG off.

In a temporary directory, with real processes and fsync on; a town of residents who are signed in.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

from maintenance.drill.addresses import as_superuser, at_database
from maintenance.drill.app import LOGIN, SIGN_IN_TIMEOUT, Web
from maintenance.drill.load import wait_until
from maintenance.drill.programs import DidNotStart, Program, children_of, inherited
from regions.demo_sign_in import DEMO_PASSWORD

PLATFORM = "hansatsu"
RESTARTED_WITHIN = 30.0
ACCOUNTS = """
    COPY notary_account (platform, voucher, face, spent, is_closed) FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class Town:
    """Where the bench's payments are made: the region, the tills' codes, and sessions.

    `tokens` are the residents', in their order; `shop` works for the first shop, `staff` for the office.
    """

    region: str
    tills: list[str]
    tokens: list[str]
    shop: str
    staff: str


class BenchStack:
    """A context manager: the stack and the town, made ready by `prepare`; all of it is gone afterwards."""

    def __init__(self, *, people: int, prepare: Callable[[Self], None] | None = None) -> None:
        self.people = people
        self.prepare = prepare
        # The servers' account must be able to pass through.
        self.directory = Path(tempfile.mkdtemp(prefix="hansatsu-bench-"))
        self.directory.chmod(0o711)
        self.var = self.directory / "var"
        self.key = secrets.token_urlsafe(32)
        argv = ["manage.py", "up", "--json", "--no-demo", "--port", "0", "--var", str(self.var)]
        environment = {"NOTARY_KEY": self.key, "DEBUG": "false"}
        self.launcher = Program(argv, env=environment, log=self.directory / "up")
        self.ready: dict[str, Any] = {}
        self.commands: dict[str, bytes] = {}
        self.town: Town

    def __enter__(self) -> Self:
        try:
            self.ready = json.loads(self.launcher.start(timeout=300.0))
            running = children_of(self.launcher.pid)
            self.commands = {name: running[pid] for name, pid in self.ready["pids"].items()}
            self.town = self._build_town()
            if self.prepare:
                self.prepare(self)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.launcher.stop()
        servers = self.var / "servers"
        if servers.is_symlink():
            shutil.rmtree(servers.resolve(), ignore_errors=True)
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def web(self) -> str:
        return str(self.ready["web"])

    @property
    def notary(self) -> str:
        return str(self.ready["notary"])

    @property
    def database_url(self) -> str:
        return str(self.ready["database_url"])

    @property
    def notary_database_url(self) -> str:
        return str(self.ready["notary_database_url"])

    @property
    def pids(self) -> dict[str, int]:
        """The launcher's processes that run now, by name; one that was started again is found by its command."""
        running = {command: pid for pid, command in children_of(self.launcher.pid).items()}
        return {name: running[command] for name, command in self.commands.items() if command in running}

    @property
    def programs(self) -> Path:
        """Where the programs of the server that runs lie."""
        return Path(f"/proc/{self.pids['postgres']}/exe").resolve().parent

    def superuser_url(self, database: str) -> str:
        password = (self.var / "secrets" / "postgres-postgres").read_text()
        return at_database(as_superuser(self.database_url, password), database)

    @property
    def superuser_database_url(self) -> str:
        """The platform's database, entered by who may pass its guards."""
        return self.superuser_url(urlsplit(self.database_url).path.strip("/"))

    def inside(self, *argv: str, may_fail: bool = False) -> str:
        """What a management command prints that runs in the platform's own environment."""
        done = subprocess.run(  # noqa: S603 our own commands
            [sys.executable, "manage.py", *argv],
            cwd=settings.BASE_DIR,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and not (may_fail and done.stdout):
            raise DidNotStart(done.stderr[-4000:])
        return done.stdout

    def restart(self, name: str) -> None:
        """End the process as a crash would, and return when the launcher has started it again."""
        ended = self.pids[name]
        os.kill(ended, signal.SIGKILL)
        if not wait_until(lambda: self.pids.get(name, ended) != ended, within=RESTARTED_WITHIN):
            raise DidNotStart(f"{name} was not started again")

    def environment(self) -> dict[str, str]:
        return {
            **inherited(),
            "SECRET_KEY": (self.var / "secrets" / "secret-key").read_text(),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": str(self.ready["redis_url"]),
            "NOTARY_URL": self.notary,
            "NOTARY_KEY": self.key,
            "DATABASE_STATEMENT_TIMEOUT_MS": "0",
        }

    def _build_town(self) -> Town:
        built = json.loads(self._shell(f"build({self.people})"))
        self._open_accounts()
        credentials = {"email": f"resident0@{built['region']}.example", "password": DEMO_PASSWORD}
        reply = Web(self.web, timeout=SIGN_IN_TIMEOUT).ask("POST", LOGIN, {}, credentials)
        token = reply.json()["meta"]["session_token"]
        return Town(**built, **json.loads(self._shell(f"let_in({token!r})")))

    def _shell(self, call: str) -> str:
        return self.inside("shell", "-v", "0", "-c", f"from maintenance.bench import town; town.{call}")

    def _open_accounts(self) -> None:
        """Make all vouchers known to the notary as it keeps them, without a decision for each."""
        with (
            psycopg.connect(self.database_url) as platform,
            psycopg.connect(self.notary_database_url) as notary,
            notary.cursor().copy(ACCOUNTS) as accounts,
        ):
            for voucher, face in platform.execute("SELECT id, face FROM vouchers_voucher"):
                accounts.write_row([PLATFORM, voucher, face, 0, False])
