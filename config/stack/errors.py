"""Why the stack did not start, in words for the person at the terminal."""

from collections.abc import Sequence
from pathlib import Path


class CannotStart(Exception):
    """The stack did not start and nothing of it is left running; the text says what to do."""


class PortTaken(CannotStart):
    def __init__(self, port: int, *, wanted_by: str, chosen_by: str) -> None:
        super().__init__(
            f"Port {port} is taken, and {wanted_by} is to listen there. "
            f"Choose another with {chosen_by}; 0 takes any free one."
        )
        self.port = port


class PortForbidden(CannotStart):
    def __init__(self, port: int) -> None:
        super().__init__(f"This account may not listen on port {port}. Choose one from 1024 on.")


class NotAPort(CannotStart):
    def __init__(self, key: str, value: object) -> None:
        super().__init__(f"{key} is {value!r}, and not a number from 0 to 65535.")


class ProgramMissing(CannotStart):
    def __init__(self, program: str, *, package: str, instead: str) -> None:
        super().__init__(
            f"No {program} that runs here was found. Install {package}, or set {instead} to a server of your own."
        )
        self.program = program


class AccountMissing(CannotStart):
    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"PostgreSQL does not run as root, and none of the accounts {', '.join(names)} exists. "
            "Start as another user, or set DATABASE_URL and NOTARY_DATABASE_URL."
        )


class DataUnreachable(CannotStart):
    def __init__(self, directory: Path, account: str) -> None:
        super().__init__(f"The account {account}, which runs the embedded servers, may not enter {directory}.")
        self.directory = directory


class DataOfAnotherVersion(CannotStart):
    def __init__(self, directory: Path, *, found: int, available: Sequence[int]) -> None:
        super().__init__(
            f"{directory} holds data of PostgreSQL {found}, and only {', '.join(map(str, available))} is installed. "
            f"Install PostgreSQL {found}, or choose another directory with --var."
        )


class AlreadyRunning(CannotStart):
    def __init__(self, var: Path, pid: str) -> None:
        super().__init__(
            f"A stack is already running on {var} (process {pid}). "
            "Stop it first, or give this one a directory of its own with --var."
        )


class StillEnding(CannotStart):
    def __init__(self, var: Path, seconds: float) -> None:
        super().__init__(f"Processes of the stack that ran on {var} have not ended within {seconds:.0f} s.")


class ProcessFailed(CannotStart):
    """A process ended, or did not answer in time, while the stack was starting."""

    def __init__(self, name: str, what: str, *, log: Path, log_end: str) -> None:
        super().__init__(f"{name} {what}. The end of {log}:\n{log_end or '(nothing was written)'}")
        self.name = name
