"""A notary beside the stack's own, with a database of its own, that a drill can end, restore and start again."""

from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from psycopg import sql

from maintenance.drill.addresses import at_database
from maintenance.drill.programs import HOST, Program, free_port

DATABASE = sql.Identifier("second_notary")
BACKUP = sql.Identifier("second_notary_backup")
OWNER = sql.Identifier("hansatsu_notary")


class SecondNotary:
    """`manage.py notary` on a database in the stack's own server."""

    def __init__(self, *, superuser_url: str, notary_database_url: str, key: str, directory: Path) -> None:
        self.superuser_url = superuser_url
        self.database_url = at_database(notary_database_url, "second_notary")
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        environment = {
            "NOTARY_DATABASE_URL": self.database_url,
            "NOTARY_PLATFORMS": f"hansatsu={key}",
            "NOTARY_SIGNING_KEY": _new_signing_key(),
            "HANSATSU_DIE_WITH_PARENT": "1",
        }
        argv = ["manage.py", "notary", "--port", str(self.port)]
        self.program = Program(argv, env=environment, log=directory / "second-notary")

    def create(self) -> None:
        """Make its database, start it, and return when it listens."""
        self._administer(sql.SQL("CREATE DATABASE {} OWNER {}").format(DATABASE, OWNER))
        self.start()

    def start(self) -> None:
        self.program.start(timeout=60.0)

    def stop(self) -> None:
        self.program.stop(timeout=10.0)

    def back_up(self) -> None:
        """Keep a copy of its database as it is now. It must not be running."""
        self._administer(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(BACKUP, DATABASE, OWNER),
        )

    def restore(self) -> None:
        """Put the copy in the place of the database; what was decided since is gone. It must not be running."""
        self._administer(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(DATABASE),
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(BACKUP, DATABASE),
        )

    def _administer(self, *statements: sql.Composed) -> None:
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


def _new_signing_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
