"""The platform as a drill needs it: three regions, one of which has a notary of its own behind a network that fails.

Started by `manage.py up`, as people start it, in a temporary directory. The demo's 鹿嶋市 is then moved to
a second notary, and its vouchers are registered there before anybody pays.
"""

import json
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import psycopg

from maintenance.drill.addresses import as_superuser
from maintenance.drill.app import Resident
from maintenance.drill.load import sign_in, wait_until
from maintenance.drill.network import Network
from maintenance.drill.programs import Program, children_of
from maintenance.drill.second_notary import SecondNotary
from maintenance.figures import Figures, measure
from maintenance.proofs import count_bad_receipts
from notary.client.http import HttpNotary

STRUCK = "kashima"
PLATFORM = "hansatsu"
SPARED = ("shiosai", "hamanasu")
REGIONS = (STRUCK, *SPARED)
# What tells the launcher's children apart, in their command lines.
COMMANDS = {
    "web": b"config.wsgi",
    "worker": b"config\0worker",
    "resolver": b"resolver",
    "redis": b"valkey-server",
    "postgres": b"listen_addresses",
}
MOVE_REGION = "UPDATE regions_region SET notary_id = %s WHERE slug = %s"
# The new notary has not heard of the region's vouchers: the resolver tells it, as it does with new ones.
FORGET_REGISTRATION = """
    UPDATE vouchers_voucher SET registered_at = NULL, register_after = now()
    WHERE region_id = (SELECT id FROM regions_region WHERE slug = %s)
"""
REVERSALS = "SELECT count(*) FROM notary_decision WHERE leaf::jsonb ->> 'outcome' = 'reversed'"
UNREGISTERED = "SELECT count(*) FROM vouchers_voucher WHERE registered_at IS NULL"


class DrillStack:
    """A context manager: the stack, the second notary and the network; all of it is gone afterwards.

    With `keeps_logs` its directory stays, for who wants to know why.
    """

    def __init__(self, *, keeps_logs: bool = False) -> None:
        self.keeps_logs = keeps_logs
        # The servers' account must be able to pass through.
        self.directory = Path(tempfile.mkdtemp(prefix="hansatsu-drill-"))
        self.directory.chmod(0o711)
        self.var = self.directory / "var"
        self.key = secrets.token_urlsafe(32)
        argv = ["manage.py", "up", "--json", "--port", "0", "--var", str(self.var)]
        self.launcher = Program(argv, env={"NOTARY_KEY": self.key}, log=self.directory / "up")
        self.ready: dict[str, Any] = {}
        self.notary: SecondNotary
        self.network: Network

    def __enter__(self) -> Self:
        try:
            self.ready = json.loads(self.launcher.start(timeout=300.0))
            self.notary = self._second_notary()
            self.network = Network(self.notary.port, directory=self.directory)
            self.notary.create()
            self.network.start()
            self._move_region()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        for part in ("network", "notary"):
            if hasattr(self, part):
                getattr(self, part).stop()
        self.launcher.stop()
        if self.keeps_logs:
            return
        servers = self.var / "servers"
        if servers.is_symlink():
            shutil.rmtree(servers.resolve(), ignore_errors=True)
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def web(self) -> str:
        return str(self.ready["web"])

    @property
    def database_url(self) -> str:
        return str(self.ready["database_url"])

    def residents(self, *, each: int, regions: Sequence[str] = REGIONS) -> list[Resident]:
        return sign_in(self.web, regions, each=each)

    def figures(self) -> Figures:
        """What the books of the platform and of both notaries say."""
        return measure(
            database_url=self.database_url,
            notary_database_url=str(self.ready["notary_database_url"]),
            other_notaries=[self.notary.database_url],
        )

    def bad_receipts(self) -> int:
        """How many completed payments have a receipt that the notaries' published keys do not prove."""
        keys: dict[str, bytes] = {}
        for url in (str(self.ready["notary"]), self.network.url):
            notary = HttpNotary(url, PLATFORM, self.key)
            keys |= {key.key_id: key.raw for key in notary.keys(budget=10.0)}
            notary.close()
        return count_bad_receipts(self.database_url, keys)

    def given_back(self) -> int:
        """How many transactions the second notary had committed when they were given up, and has reversed."""
        with psycopg.connect(self.notary.database_url) as connection:
            row = connection.execute(REVERSALS).fetchone()
        return int(row[0]) if row else 0

    def set_policy(self, policy: str, regions: Sequence[str]) -> None:
        """What the regions do while their notary is away: `stop` or `accept`."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(
                "UPDATE regions_region SET outage_policy = %s WHERE slug = ANY(%s)", [policy, list(regions)]
            )

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> bool:
        """Send a signal to the process that the launcher runs under this name now; False if there is none."""
        for pid, command in children_of(self.launcher.pid).items():
            if COMMANDS[name] in command:
                os.kill(pid, how)
                return True
        return False

    def reconcile(self) -> int:
        """Run `manage.py reconcile` in the platform's own environment; return how many differences are left."""
        environment = {
            "SECRET_KEY": (self.var / "secrets" / "secret-key").read_text(),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": str(self.ready["redis_url"]),
            "NOTARY_URL": str(self.ready["notary"]),
            "NOTARY_KEY": self.key,
            "DEBUG": "true",
        }
        command = Program(["manage.py", "reconcile", "--json"], env=environment, log=self.directory / "reconcile")
        said = command.start(timeout=60.0)
        command.stop()
        return len(json.loads(said)["left"])

    def _second_notary(self) -> SecondNotary:
        password = (self.var / "secrets" / "postgres-postgres").read_text()
        return SecondNotary(
            superuser_url=as_superuser(self.database_url, password),
            notary_database_url=str(self.ready["notary_database_url"]),
            key=self.key,
            directory=self.directory,
        )

    def _move_region(self) -> None:
        cluster = uuid4()
        with psycopg.connect(self.database_url) as connection:
            connection.execute(
                "INSERT INTO regions_notarycluster (id, slug, url) VALUES (%s, %s, %s)",
                [cluster, STRUCK, self.network.url],
            )
            connection.execute(MOVE_REGION, [cluster, STRUCK])
            connection.execute(FORGET_REGISTRATION, [STRUCK])
        if not wait_until(self._all_registered, within=60.0):
            raise TimeoutError("the second notary does not know all vouchers of the region")

    def _all_registered(self) -> bool:
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(UNREGISTERED).fetchone()
        return row == (0,)
