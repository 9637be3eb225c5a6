"""What was asked of `manage.py up`: by its options, else by the environment, else by custom."""

from dataclasses import dataclass
from pathlib import Path

from environ import FileAwareEnv

from config.env import BASE_DIR
from config.stack.errors import NotAPort

USUAL_PORT = 8000
USUAL_NOTARY_PORT = 8100
HIGHEST_PORT = 65_535


@dataclass(frozen=True, kw_only=True)
class Request:
    """None for a port: the usual one, or another if that is taken. 0: any free one."""

    var: Path
    port: int | None
    notary_port: int | None
    with_demo: bool
    database_url: str
    notary_database_url: str
    redis_url: str
    notary_url: str

    @property
    def needs_notary(self) -> bool:
        return not self.notary_url

    @property
    def needs_postgres(self) -> bool:
        return not self.database_url or (self.needs_notary and not self.notary_database_url)


def read_request(env: FileAwareEnv, *, port: int | None, var: str | None, with_demo: bool) -> Request:
    """What was asked for. Raise NotAPort for a port that is none."""
    port = port_in(env, "PORT") if port is None else checked_port("--port", str(port))
    notary_port = port_in(env, "NOTARY_PORT")
    return Request(
        var=Path(var or given(env, "HANSATSU_VAR") or BASE_DIR / "var"),
        port=port,
        # Whoever wants any port for the web does not want a certain one for the notary.
        notary_port=0 if port == 0 and notary_port is None else notary_port,
        # A demo's sign-ins are public: the platform itself refuses them unless DEBUG is on.
        with_demo=with_demo and (not given(env, "DEBUG") or env.bool("DEBUG")),
        database_url=given(env, "DATABASE_URL"),
        notary_database_url=given(env, "NOTARY_DATABASE_URL"),
        redis_url=given(env, "REDIS_URL"),
        notary_url=given(env, "NOTARY_URL"),
    )


def given(env: FileAwareEnv, key: str) -> str:
    """The key's value, or that of the file which KEY_FILE names; empty if neither is set."""
    value: str = env.str(key, default="")
    return value.strip()


def port_in(env: FileAwareEnv, key: str) -> int | None:
    value = given(env, key)
    return checked_port(key, value) if value else None


def checked_port(key: str, value: str) -> int:
    if not value.isdecimal() or int(value) > HIGHEST_PORT:
        raise NotAPort(key, value)
    return int(value)
