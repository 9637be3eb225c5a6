"""The few statements that every payment runs, prepared once for each connection and sent as they are.

Everything else goes through the ORM, which builds its SQL anew each time: for a handful of statements that
costs more than running them (`docs/performance.md`).
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection

Parameters = Sequence[Any] | Mapping[str, Any]


def fetch(statement: str, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Run the statement on this thread's connection, within its transaction if there is one; return the rows.

    Raise Django's database errors. JSON comes as text.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    began = time.monotonic()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement.encode(), parameters, prepare=True)
        rows = cursor.fetchall() if cursor.description else []
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{time.monotonic() - began:.3f}"})
    return rows


def run(statement: str, parameters: Parameters) -> None:
    """The same for a statement whose rows nobody wants."""
    fetch(statement, parameters)
