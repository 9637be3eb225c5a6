"""Real servers for the tests: embedded ones for one test session, or those that the environment names."""

import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from config.env import read_env
from config.stack.account import server_account
from config.stack.layout import lay_out
from config.stack.ports import free_port
from config.stack.postgres import PLATFORM, embedded_postgres
from config.stack.request import given
from config.stack.supervisor import Supervisor
from config.stack.valkey import embedded_valkey

# What a test writes need not outlive the machine's power, and every worker has its own connections.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "400"}
# Every worker of the test run makes databases of its own.
ROLE_OPTIONS = "CREATEDB"


class Servers:
    """A PostgreSQL and a Redis that run until `stop`."""

    def __init__(self, *, postgres_url: str, redis_url: str, supervisor: Supervisor, directory: Path | None) -> None:
        self.postgres_url = postgres_url
        self.redis_url = redis_url
        self.supervisor = supervisor
        self.directory = directory

    def database_url(self, name: str = PLATFORM) -> str:
        """The server's address with the database's name, entered by a role that may make databases."""
        return urlunsplit(urlsplit(self.postgres_url)._replace(path=f"/{name}"))

    def stop(self) -> None:
        """Stop what was started, and remove its data if the place was ours to choose."""
        self.supervisor.stop()
        if self.directory is not None:
            remove_var(self.directory)


def start_servers(directory: Path | None = None) -> Servers:
    """Start what DATABASE_URL and REDIS_URL do not name, with data in the directory or in a temporary one."""
    var = directory or open_temporary_directory()
    account = server_account()
    layout = lay_out(var, account)
    supervisor = Supervisor(log_dir=layout.log)
    env = read_env()
    postgres_url, redis_url = given(env, "DATABASE_URL"), given(env, "REDIS_URL")
    if not postgres_url:
        postgres = embedded_postgres(layout, account, free_port(), options=FORGETFUL)
        postgres.initialise(supervisor.run)
        supervisor.start(postgres.service())
        supervisor.wait_until_ready()
        postgres.create_databases(role_options=ROLE_OPTIONS)
        postgres_url = postgres.url(PLATFORM)
    if not redis_url:
        valkey = embedded_valkey(layout, account, free_port())
        valkey.initialise()
        supervisor.start(valkey.service())
        supervisor.wait_until_ready()
        redis_url = valkey.url()
    return Servers(
        postgres_url=postgres_url,
        redis_url=redis_url,
        supervisor=supervisor,
        directory=None if directory else var,
    )


def open_temporary_directory() -> Path:
    """A temporary directory that the servers' account may pass through, as it may not through pytest's."""
    directory = Path(tempfile.mkdtemp(prefix="hansatsu-"))
    directory.chmod(0o711)
    return directory


def remove_var(var: Path) -> None:
    """Remove a stack's directory, and the servers' data if that had to lie elsewhere."""
    servers = var / "servers"
    if servers.is_symlink():
        shutil.rmtree(servers.resolve(), ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)
