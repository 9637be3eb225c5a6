"""Work over a whole region or programme, which may take longer than what anybody waits for at a till."""

from django.db import connection

STATEMENT, LOCK, IDLE = "600s", "120s", "120s"


def be_patient() -> None:
    """Let the statements of this transaction take their time; what comes after it is as impatient as before."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET LOCAL statement_timeout = '{STATEMENT}'; SET LOCAL lock_timeout = '{LOCK}';"
            f" SET LOCAL idle_in_transaction_session_timeout = '{IDLE}'"
        )
