"""An embedded Valkey: on the loopback address alone, with a password, its data kept between starts."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.stack.account import Account, give_to
from config.stack.keys import kept, write_private
from config.stack.layout import Layout
from config.stack.ports import HOST
from config.stack.postgres import server_environment
from config.stack.programs import find_valkey
from config.stack.service import Service


@dataclass(frozen=True)
class Valkey:
    program: Path
    layout: Layout
    account: Account | None
    port: int

    @property
    def data(self) -> Path:
        return self.layout.servers / "valkey"

    def password(self) -> str:
        return kept(self.layout.secrets / "redis")

    def url(self) -> str:
        return f"redis://:{quote(self.password())}@{HOST}:{self.port}/0"

    def service(self) -> Service:
        return Service(
            name="redis",
            argv=[self.program, self.configuration_file()],
            env=server_environment(self.layout),
            ready=self.is_ready,
            account=self.account,
            cwd=Path("/"),
        )

    def is_ready(self, _alive_for: float) -> bool:
        client = Redis.from_url(self.url(), socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()

    def initialise(self) -> None:
        """Make the data directory if there is none."""
        if not self.data.exists():
            self.data.mkdir(mode=0o700)
            give_to(self.account, self.data)

    def configuration_file(self) -> Path:
        """The configuration in a file: a command line is for everybody to read, and the password is in it."""
        path = self.layout.servers / "valkey.conf"
        write_private(path, self.configuration())
        give_to(self.account, path)
        return path

    def configuration(self) -> str:
        lines = {
            "bind": HOST,
            "port": self.port,
            "dir": f'"{self.data}"',
            "requirepass": self.password(),
            "appendonly": "yes",
            # The append-only file is the whole memory; snapshots beside it would cost twice.
            "save": '""',
            "maxmemory-policy": "noeviction",
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())


def embedded_valkey(layout: Layout, account: Account | None, port: int) -> Valkey:
    """Valkey for the layout's data, or for new data; not started yet."""
    return Valkey(program=find_valkey(account), layout=layout, account=account, port=port)
