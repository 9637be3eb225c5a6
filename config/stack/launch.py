"""The one command: from nothing to a running platform, and back."""

from dataclasses import dataclass, replace

from environ import FileAwareEnv

from config.stack.account import Account, server_account
from config.stack.console import Console
from config.stack.layout import Layout, lay_out, lock
from config.stack.ports import HOST, choose_port, free_port
from config.stack.postgres import NOTARY, PLATFORM, Postgres, embedded_postgres
from config.stack.processes import (
    Addresses,
    notary,
    notary_environment,
    one_off,
    platform_environment,
    platform_services,
)
from config.stack.request import USUAL_NOTARY_PORT, USUAL_PORT, Request
from config.stack.supervisor import StopRequested, Supervisor
from config.stack.valkey import embedded_valkey


def launch(request: Request, env: FileAwareEnv, console: Console) -> None:
    """Start the stack, say when it answers, keep it up until somebody asks to stop it, and stop it.

    Raise CannotStart, with nothing left running, if it does not come up.
    """
    account = server_account()
    layout = lay_out(request.var, account)
    supervisor = Supervisor(log_dir=layout.log)
    supervisor.listen()
    try:
        supervisor.keep_open = (lock(layout, pause=supervisor.pause),)
        Launch(request, env, console, supervisor, layout, account).run()
    except StopRequested:
        console.step("stopping")
    finally:
        supervisor.stop()
    console.step("stopped")


@dataclass(frozen=True)
class Launch:
    request: Request
    env: FileAwareEnv
    console: Console
    supervisor: Supervisor
    layout: Layout
    account: Account | None

    def run(self) -> None:
        """Bring everything up and look after it. Only StopRequested or CannotStart ends it."""
        addresses = self.start_redis(self.start_postgres(self.choose_addresses()))
        self.start_notary(addresses)
        self.start_platform(addresses)
        self.console.ready(
            addresses,
            var=str(self.layout.var),
            pids=self.supervisor.pids(),
            with_demo=self.request.with_demo,
        )
        self.supervisor.watch(self.console.warn)

    def choose_addresses(self) -> Addresses:
        """Everything's address; that of an embedded server is empty until it runs."""
        port = choose_port(
            self.request.port,
            usual=USUAL_PORT,
            wanted_by="the web",
            chosen_by="--port or PORT",
            say=self.console.warn,
        )
        return Addresses(
            port=port,
            notary_url=self.request.notary_url or f"http://{HOST}:{self.choose_notary_port(port)}",
            database_url=self.request.database_url,
            notary_database_url=self.request.notary_database_url,
            redis_url=self.request.redis_url,
        )

    def choose_notary_port(self, web_port: int) -> int:
        return choose_port(
            self.request.notary_port,
            usual=USUAL_NOTARY_PORT,
            wanted_by="the notary",
            chosen_by="NOTARY_PORT",
            say=self.console.warn,
            promised=web_port,
        )

    def start_postgres(self, addresses: Addresses) -> Addresses:
        if not self.request.needs_postgres:
            return addresses
        postgres = embedded_postgres(self.layout, self.account, free_port())
        postgres.initialise(self.supervisor.run)
        self.supervisor.start(postgres.service())
        self.supervisor.wait_until_ready()
        postgres.create_databases()
        self.console.step(f"PostgreSQL {postgres.programs.major} on port {postgres.port}, data in {postgres.data}")
        return with_databases(addresses, postgres)

    def start_redis(self, addresses: Addresses) -> Addresses:
        if addresses.redis_url:
            return addresses
        valkey = embedded_valkey(self.layout, self.account, free_port())
        valkey.initialise()
        self.supervisor.start(valkey.service())
        self.supervisor.wait_until_ready()
        self.console.step(f"{valkey.program.name} on port {valkey.port}, data in {valkey.data}")
        return replace(addresses, redis_url=valkey.url())

    def start_notary(self, addresses: Addresses) -> None:
        """Start the notary without waiting for it: it migrates its database while the platform's is migrated."""
        if self.request.needs_notary:
            environment = notary_environment(self.env, self.layout, addresses)
            self.supervisor.start(notary(environment, addresses.notary_url))

    def start_platform(self, addresses: Addresses) -> None:
        environment = platform_environment(self.env, self.layout, addresses)
        self.supervisor.run(one_off("migrate", environment, "--noinput"))
        self.console.step("the platform's database is migrated")
        self.supervisor.wait_until_ready()
        self.console.step(f"the notary answers on {addresses.notary_url}")
        if self.request.with_demo:
            self.supervisor.run(one_off("demo", environment))
            self.console.step("the demo's regions are loaded")
        for service in platform_services(environment, self.layout, addresses.port):
            self.supervisor.start(service)
        self.supervisor.wait_until_ready()


def with_databases(addresses: Addresses, postgres: Postgres) -> Addresses:
    """The addresses, with the embedded databases where no other was given."""
    return replace(
        addresses,
        database_url=addresses.database_url or postgres.url(PLATFORM),
        notary_database_url=addresses.notary_database_url or postgres.url(NOTARY),
    )
